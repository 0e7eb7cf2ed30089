"""Settings pages about people, access and the platform: members to webhooks, audit and jobs, and the bell."""
