import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpa_image_cli.core.provenance.credentials import Binding, Credentials
from cpa_image_cli.core.provenance.foreign import TC260, Found, Texts, conventions_in
from cpa_image_cli.core.provenance.packet import IPTC

WEBUI = "a cat\nin the rain\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, Seed: 1"
SWARM = json.dumps({"sui_image_params": {"prompt": "a cat", "negativeprompt": "dog", "model": "m", "seed": 3}})
GRAPH = {
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat"}},
    "7": {"class_type": "KSampler", "inputs": {}},
    "8": 1,
}
AIGC = {"Label": "1", "ContentProducer": "someone", "Else": "x"}

CASES = {
    "AUTOMATIC1111": (
        Texts(chunks={"parameters": WEBUI}),
        (
            ("prompt", "a cat\nin the rain"),
            ("negative prompt", "dog"),
            ("parameters", "Steps: 20, Sampler: Euler a, Seed: 1"),
        ),
    ),
    "AUTOMATIC1111, in EXIF": (
        Texts(exif={"UserComment": "a cat\nSteps: 20"}),
        (("prompt", "a cat"), ("parameters", "Steps: 20")),
    ),
    "SwarmUI": (
        Texts(chunks={"parameters": SWARM}),
        (("prompt", "a cat"), ("negative prompt", "dog"), ("model", "m")),
    ),
    "ComfyUI": (
        Texts(chunks={"prompt": json.dumps(GRAPH), "workflow": '{"nodes": []}'}),
        (("text", "a cat"), ("workflow", "a graph is in the file")),
    ),
    "ComfyUI, in EXIF": (
        Texts(exif={"Make": "Workflow:" + json.dumps(GRAPH)}),
        (("workflow", "a graph is in the file"),),
    ),
    "InvokeAI": (
        Texts(
            chunks={
                "invokeai_metadata": json.dumps(
                    {"positive_prompt": "a cat", "negative_prompt": "", "seed": 7, "model": {"name": "flux"}}
                )
            }
        ),
        (("prompt", "a cat"), ("seed", "7"), ("model", "flux")),
    ),
    "InvokeAI, older": (Texts(chunks={"sd-metadata": '{"image": {"prompt": "a cat"}}'}), (("prompt", "a cat"),)),
    "InvokeAI, oldest": (Texts(chunks={"Dream": "a cat -s50"}), (("prompt", "a cat -s50"),)),
    "NovelAI": (
        Texts(chunks={"Software": "NovelAI", "Comment": '{"prompt": "a cat", "uc": "dog", "seed": 1, "steps": 28}'}),
        (("prompt", "a cat"), ("negative prompt", "dog"), ("seed", "1"), ("steps", "28")),
    ),
    "NovelAI, described": (
        Texts(chunks={"Software": "NovelAI", "Description": "a cat"}),
        (("prompt", "a cat"),),
    ),
    "Midjourney": (
        Texts(chunks={"Description": "a cat --ar 3:2 Job ID: 123"}),
        (("prompt", "a cat --ar 3:2"), ("job", "123")),
    ),
    "mflux": (
        Texts(exif={"UserComment": '{"mflux_version": "0.9", "prompt": "a cat", "seed": 4, "fast": true}'}),
        (("prompt", "a cat"), ("seed", "4")),
    ),
    "IPTC": (
        Texts(
            xmp={
                f"{{{IPTC}}}AIPromptInformation": "a cat",
                f"{{{IPTC}}}DigitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
            }
        ),
        (("prompt", "a cat"), ("source type", "trainedAlgorithmicMedia")),
    ),
    "TC260 AIGC": (
        Texts(xmp={f"{{{TC260}}}AIGC": json.dumps(AIGC)}),
        (("Label", "1"), ("ContentProducer", "someone")),
    ),
    "TC260 AIGC, in EXIF": (
        Texts(exif={"UserComment": json.dumps({"AIGC": AIGC})}),
        (("Label", "1"), ("ContentProducer", "someone")),
    ),
    "EXIF": (
        Texts(exif={"Make": "Phone", "GPSInfo": "in the file"}),
        (("camera", "Phone"), ("place", "in the file")),
    ),
    "IPTC-IIM": (Texts(iptc={"caption": "a cat"}), (("caption", "a cat"),)),
}


@pytest.mark.parametrize("name", CASES)
def test_each_convention_is_read(name: str) -> None:
    texts, facts = CASES[name]

    found = {row.convention: row.facts for row in conventions_in(texts)}

    assert found[name.partition(",")[0]] == facts


def test_what_is_found_is_told_to_programs_as_pairs() -> None:
    found = Found(convention="ComfyUI", facts=(("prompt", "a fox"),))

    assert found.as_json() == {"convention": "ComfyUI", "facts": [["prompt", "a fox"]]}


def test_a_file_without_words_says_nothing() -> None:
    assert conventions_in(Texts()) == ()


@pytest.mark.parametrize("text", ["{", "[1]", "{" * 5000, '{"a": 1}', '{"sui_image_params": 3}', '{"image": 1}'])
def test_what_makes_no_sense_says_nothing(text: str) -> None:
    texts = Texts(chunks=dict.fromkeys(("parameters", "prompt", "invokeai_metadata", "sd-metadata", "AIGC"), text))

    assert conventions_in(texts) == ()


@given(
    st.dictionaries(
        st.sampled_from(["parameters", "prompt", "workflow", "Software", "Comment", "Description"]), st.text()
    )
)
def test_no_texts_are_too_odd(chunks: dict[str, str]) -> None:
    assert all(isinstance(row, Found) for row in conventions_in(Texts(chunks=chunks, exif=chunks)))


def test_credentials_say_how_the_bytes_stand() -> None:
    told = Credentials(signer="OpenAI OpCo, LLC", agents=("gpt-image 2.0",), binding=Binding.UNCHANGED).as_json()

    assert told == {
        "signer": "OpenAI OpCo, LLC",
        "generator": None,
        "agents": ["gpt-image 2.0"],
        "actions": [],
        "source_type": None,
        "signed_on": None,
        "manifests": 1,
        "binding": "unchanged",
    }
    assert len({binding.sentence for binding in Binding}) == len(Binding)
    assert not any("verified" in binding.sentence for binding in Binding)
