import pytest

from cpa_image_cli.core.batch.rows import NOT_OF_DATA, Complaint, Form, Row, form_of, rows_in


@pytest.mark.parametrize(
    ("extension", "text", "form"),
    [
        (".jsonl", "a cat", Form.JSON),
        (".CSV", "", Form.COMMAS),
        (".tsv", "", Form.TABS),
        (".txt", "# about cats\n\na cat", Form.PLAIN),
        ("", '{"prompt": "a cat"}', Form.JSON),
        ("", '"a cat"', Form.JSON),
        ("", "", Form.PLAIN),
    ],
)
def test_a_file_says_its_rows_by_its_extension_or_else_by_its_first_line(extension: str, text: str, form: Form) -> None:
    assert form_of(extension, text) is form


def test_json_lines_are_texts_and_objects_and_comments_count_for_lines_alone() -> None:
    text = '# cards\n"a cat"\n\n  {"prompt": "a dog", "key": "dog", "size": "64x64", "output_compression": 80}\r\n'

    assert list(rows_in(text, Form.JSON)) == [
        Row(number=1, line=2, said={"prompt": "a cat"}),
        Row(number=2, line=4, said={"prompt": "a dog", "key": "dog", "size": "64x64", "output_compression": "80"}),
    ]


def test_plain_lines_are_prompts_whatever_separators_are_in_them() -> None:
    assert list(rows_in("一只松鼠\u2028in the snow\n# no\na cat", Form.PLAIN)) == [
        Row(number=1, line=1, said={"prompt": "一只松鼠\u2028in the snow"}),
        Row(number=2, line=3, said={"prompt": "a cat"}),
    ]


def test_a_column_does_not_say_where_the_key_goes() -> None:
    (complaint,) = rows_in("prompt,base_url\na cat,https://else.example\n", Form.COMMAS)

    assert complaint == Complaint(2, f"`base_url`: {NOT_OF_DATA['base_url']}")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "no JSON: Expecting property name enclosed in double quotes"),
        ("[" * 100_000, "no JSON: nested too deeply"),
        ("7", "expected a text in quotation marks or an object"),
        ('{"promt": "a"}', "there is no `promt`"),
        ('{"prompt": 7}', "`prompt`: expected some text"),
        ('{"key": " "}', "`key`: expected some text"),
        ('{"image": 7}', "`image`: expected a text or a list of texts"),
        ('{"image": ["a", ""]}', "`image`: expected a text or a list of texts"),
        ('{"retries": "4"}', "`retries`: expected a whole number"),
        ('{"retry_unknown": "yes"}', "`retry_unknown`: expected true or false"),
        ('{"api_key_command": "x"}', "there is no `api_key_command`"),
        (
            '{"base_url": "https://else.example"}',
            "`base_url`: a row does not say where the key goes; name a `profile` of yours, or use --base-url",
        ),
        ('{"if_exists": "overwrite"}', "`if_exists`: a row does not say what may be overwritten; use --if-exists"),
    ],
)
def test_a_row_that_makes_no_sense_is_named_and_keeps_no_other_from_being_read(line: str, problem: str) -> None:
    complaint, row = rows_in(f'{line}\n"a cat"', Form.JSON)

    assert complaint == Complaint(1, problem)
    assert isinstance(row, Row)
    assert (row.line, row.text("prompt")) == (2, "a cat")


def test_null_says_nothing() -> None:
    assert list(rows_in('{"prompt": "a", "size": null}', Form.JSON)) == [Row(number=1, line=1, said={"prompt": "a"})]


def test_the_columns_of_a_table_are_fields_and_those_with_a_known_name_are_said() -> None:
    text = 'title,size,retries,stream,retry_unknown\n"a, b",64x64,3,true,true\n,,,,\n"c\nd",,,,\n'

    first, second = rows_in(text, Form.COMMAS)

    assert first == Row(
        number=1,
        line=2,
        said={"size": "64x64", "retries": 3, "stream": True, "retry_unknown": True},
        fields={"title": "a, b", "size": "64x64", "retries": "3", "stream": "true", "retry_unknown": "true"},
    )
    assert isinstance(second, Row)
    assert (second.number, second.line, second.fields["title"], second.said) == (2, 4, "c\nd", {})


def test_tabs_separate_as_well() -> None:
    [row] = rows_in("prompt\tkey\na cat\t1\n", Form.TABS)

    assert isinstance(row, Row)
    assert row.said == {"prompt": "a cat", "key": "1"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a,b\n1,2,3\n", Complaint(2, "3 cells, but 2 columns")),
        ("a,a\n", Complaint(1, "the column `a` is there twice")),
        ('a\n"b', Complaint(2, "no row of a table: unexpected end of data")),
        ("retries\nmany\n", Complaint(2, "`retries`: expected a whole number")),
    ],
)
def test_what_is_no_table_is_named(text: str, complaint: Complaint) -> None:
    assert list(rows_in(text, Form.COMMAS)) == [complaint]


@pytest.mark.parametrize(
    ("said", "images"), [({}, ()), ({"image": "a.png"}, ("a.png",)), ({"image": ["a", "b"]}, ("a", "b"))]
)
def test_a_row_may_begin_from_pictures(said: dict[str, object], images: tuple[str, ...]) -> None:
    assert Row(number=1, line=1, said=said).images == images


def test_settings_are_told_apart_from_what_is_a_rows_own() -> None:
    row = Row(number=1, line=1, said={"prompt": "a", "size": "64x64", "model": "m"})

    assert row.overrides == {"size": "64x64", "model": "m"}
