"""The one function that writes tiles: names people hear, and nothing unescaped."""

from payments.snapshots import Cell
from rally.web.supporters import tiles
from rally.web.supporters.tiles import Layout, Marks

FREE = Cell(12, 1200, "available", None)
SOLD = Cell(13, 1300, "sold", "Placeholder Q.")
EVIL = Cell(14, 1400, "sold", '"><script>alert(1)</script>')


def written(*cells: Cell, **layout: object) -> str:
    return tiles.grid(cells, Layout("USD", 11, **layout))


def test_a_free_tile_says_number_price_and_state() -> None:
    assert 'aria-label="Tile 12, 12 dollars, free"' in written(FREE)
    assert "disabled" not in written(FREE)


def test_a_sold_tile_says_to_whom_and_shows_initials() -> None:
    html = written(SOLD)
    assert 'aria-label="Tile 13, 13 dollars, sold to Placeholder Q."' in html
    assert "<i>PQ</i>" in html
    assert "disabled" in html


def test_every_state_has_its_own_words_and_class() -> None:
    cells = [Cell(n, 100, state, None) for n, state in enumerate(tiles.CLASSES, 20)]
    html = written(*cells)
    for word, kind in (("free", "f"), ("held while", "h"), ("sold", "s"), ("not for sale", "x")):
        assert word in html
        assert f'class="t {kind}"' in html


def test_names_are_escaped_everywhere() -> None:
    for html in (written(EVIL), tiles.table([EVIL], Layout("USD", 11))):
        assert "<script" not in html
        assert "&lt;script" in html


def test_picks_survive_only_while_they_are_free() -> None:
    html = written(FREE, SOLD, marks=Marks(picked={12, 13}))
    assert html.count("checked") == 1


def test_a_lost_tile_is_crossed_out_and_named() -> None:
    html = written(Cell(12, 1200, "held", None), marks=Marks(lost={12}))
    assert "Tile 12, 12 dollars, just taken" in html
    assert "h lost" in html


def test_a_closed_board_can_be_read_but_not_ticked() -> None:
    assert " disabled" in written(FREE, is_open=False)


def test_the_number_looked_for_gets_the_focus_even_when_taken() -> None:
    assert "autofocus" in written(FREE, marks=Marks(found=12))
    assert 'tabindex="-1" autofocus' in written(SOLD, marks=Marks(found=13))


def test_rows_are_named_from_the_start_of_the_board() -> None:
    cells = [Cell(n, 100, "available", None) for n in range(31, 51)]
    html = tiles.grid(cells, Layout("USD", 1))
    assert 'aria-label="Row 4"' in html
    assert 'aria-label="Row 5"' in html


def test_a_price_that_is_not_the_number_is_shown() -> None:
    assert "<i>$24</i>" in written(Cell(12, 2400, "available", None))
    assert "<i>" not in written(FREE)
