"""What we say: receivers, rendering, sending, the digest."""
