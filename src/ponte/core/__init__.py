"""What every module stands on: workspaces, members, rights, audit, events, jobs, files. No screens."""
