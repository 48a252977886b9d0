"""Pages as readers meet them: what stands first, what is said, and what is asked before the irrevocable."""

import pytest


@pytest.fixture
def reader_of(client, sign_in, make_person):
    """Sign somebody with roles in and return what fetches a page's text: reader_of("lead")("/")."""

    def reader(*roles, evaluation=None):
        sign_in(client, make_person(*roles, evaluation=evaluation))

        def fetch(address, status=200):
            answer = client.get(address)
            assert answer.status_code == status, answer.get_data(as_text=True)
            return answer.get_data(as_text=True)

        return fetch

    return reader


def test_villages_are_given_out_above_the_list_and_without_a_choice_the_page_says_so(client, csrf_of, field, reader_of):
    read = reader_of("supervisor", evaluation=field.evaluation)
    home = f"/evaluations/{field.evaluation.code}/fieldwork"
    page = read(home)
    assert page.index('id="give"') < page.index("各县") < page.index('form="give"')
    assert page.count('data-label="调查员"') == 4
    answer = client.post(f"{home}/draws/1/enumerator", data={"csrf_token": csrf_of(client), "person": ""})
    assert answer.status_code == 303
    assert "没有勾选村" in read(answer.headers["Location"])
