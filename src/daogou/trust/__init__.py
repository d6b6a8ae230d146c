"""What keeps people's data theirs: identities behind keys."""
