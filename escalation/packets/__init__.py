"""What a person is told when a conversation comes to her, and what her answers teach."""
