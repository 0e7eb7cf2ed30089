"""Learning from a workspace's own leads which ones become customers.

``features`` says what was known at capture, ``terms`` turns it into numbers and a model's weights into a chance with its reasons;
``fitting`` finds the weights with scikit-learn, in a process of its own.
"""
