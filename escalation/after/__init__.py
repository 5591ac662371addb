"""After the chat: ratings, copies by mail, conversations that fell silent."""
