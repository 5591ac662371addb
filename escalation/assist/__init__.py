"""The assistant's help for a person who writes: what it says is a draft, never sent by itself."""
