"""What bench/compare and bench/plot are made of; standard library only."""
