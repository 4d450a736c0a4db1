"""Who works in a clinic, and how people come and go: the administrators' screen, the invitation's mail and its page."""
