"""The 360° timeline: interactions of every kind and channel, comments, mentions and tasks."""
