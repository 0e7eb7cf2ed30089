"""Learning from past sales, in processes of their own: what learns takes memory that neither web nor worker should keep."""
