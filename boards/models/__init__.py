"""Boards, their tiles, and who holds which."""

from boards.models.boards import Board, BoardChange, Tile
from boards.models.holds import Claim, Hold

__all__ = ["Board", "BoardChange", "Claim", "Hold", "Tile"]
