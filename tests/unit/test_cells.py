"""Cells that know their column, for rows that are shown as cards."""

from markupsafe import Markup

from evalsvc.cells import labelled


def test_every_cell_carries_the_name_of_its_column() -> None:
    rows = Markup('<tr><td>甲</td><td class="number">3</td></tr>\n<tr>\n<td>乙</td>\n<td class="number">4</td></tr>')
    drawn = labelled(rows, ["县", ("户数", "number")])
    assert drawn.count('data-label="县"') == 2
    assert drawn.count('<td class="number" data-label="户数">') == 2
    assert isinstance(drawn, Markup)


def test_a_cell_over_several_columns_belongs_to_none_and_those_behind_it_to_theirs() -> None:
    drawn = labelled('<tr><td>甲</td><td colspan="2">样本不足</td><td>丁</td></tr>', ["县", "估计值", "区间", "备注"])
    assert '<td colspan="2">样本不足' in drawn
    assert '<td data-label="备注">丁' in drawn


def test_names_are_escaped_and_cells_without_contents_are_marked() -> None:
    drawn = labelled("<tr><td></td><td> </td><td>x</td></tr>", ["", '"<b>', "c"])
    assert "<td data-blank></td>" in drawn
    assert '<td data-label="&#34;&lt;b&gt;" data-blank> </td>' in drawn
    assert '<td data-label="c">x</td>' in drawn
