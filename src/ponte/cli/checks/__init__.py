"""What `ponte doctor` looks at."""
