"""The visual builder: a form of nested groups that may be half filled, turned into a condition and back."""
