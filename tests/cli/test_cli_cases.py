"""Cases on the command line: words for people, one JSON document for programs, errors in words."""


def test_without_cases_the_list_says_so(peopled):
    assert peopled("cases", "list").out == "There are no such cases.\n"
    assert peopled("cases", "list", "--json").json == {"cases": []}


def test_a_state_that_does_not_exist_is_told_with_those_that_do(peopled):
    answer = peopled("cases", "list", "--state", "lost")
    assert answer.code == 2
    assert "filed, investigated, ordered" in answer.err


def test_a_case_that_does_not_exist_is_told(peopled):
    answer = peopled("cases", "show", "410000-commerce-2026-0001", "--json")
    assert answer.code == 3
    assert 'There is no case "410000-commerce-2026-0001"' in answer.json["error"]["message"]
    assert "没有您可以查看的案件" in answer.json["error"]["message_zh"]


def test_an_officer_that_the_register_lacks_is_told(peopled):
    for command in (["open"], ["findings"], ["move", "410000-commerce-2026-0001", "investigate"]):
        answer = peopled("cases", *command, "--officer", "nobody")
        assert (answer.code, answer.out) == (3, "")
        assert 'no officer "nobody"' in answer.err


def test_a_document_of_a_case_that_does_not_exist_is_told(peopled):
    target = peopled.folder / "order.pdf"
    answer = peopled("cases", "document", "410000-commerce-2026-0001", "order_to_correct", "-o", target)
    assert answer.code == 3
    assert 'There is no case "410000-commerce-2026-0001"' in answer.err
    assert not target.exists()


def test_what_a_move_carries_is_written_with_an_equals_sign(peopled):
    answer = peopled("cases", "move", "n", "investigate", "--officer", "o", "--with", "record")
    assert answer.code == 2
    assert "FIELD=VALUE" in answer.err
