"""What happens, told to those who watch: WebSockets fed from the journal."""
