"""Microsoft Graph v1.0: the calendars of Microsoft 365 and Outlook.com."""
