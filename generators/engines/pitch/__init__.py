"""What a pitch is put together from."""
