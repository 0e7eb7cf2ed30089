"""The API of imports and complete exports."""
