"""The doors of the house: chooser of workspaces, first run, invitations. No workspace is open on these pages."""
