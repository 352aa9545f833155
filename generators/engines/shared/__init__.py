"""What several media engines share: uploads, colours, the meaning of words, sounds in numbers, requests to other services."""
