"""Experiments: from TOML and flags, checked, and written so that they can be read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sdtool.config import PRESETS, Experiment, Setting, experiment, grid, read_toml, resolve, to_toml
from sdtool.errors import InputError


def toml(tmp_path, text):
    path = tmp_path / "experiment.toml"
    path.write_text(text)
    return path


def test_a_grid_names_only_what_is_varied():
    hot = grid(PRESETS["general-no-presence"], {"temperature": (1.0, 1.5), "min_p": (0.0, 0.1)})
    assert [setting.name for setting in hot] == [
        "general-no-presence,T=1,min_p=0",
        "general-no-presence,T=1,min_p=0.1",
        "general-no-presence,T=1.5,min_p=0",
        "general-no-presence,T=1.5,min_p=0.1",
    ]
    assert hot[3] == Setting(hot[3].name, temperature=1.5, top_p=0.95, top_k=20, min_p=0.1)
    assert grid(PRESETS["precise"], {"temperature": (0.5,)})[0].name == "precise,T=0.5"


def test_settings_of_a_file_start_from_a_preset_or_from_nothing(tmp_path):
    path = toml(
        tmp_path,
        'setting = ["hot", "precise"]\n'
        '[settings.hot]\nbase = "general"\ntemperature = 2\n[settings.bare]\nmin_p = 0.1\n',
    )
    assert resolve(path, {}).settings == (
        Setting("hot", temperature=2.0, top_p=0.95, top_k=20, presence_penalty=1.5),
        PRESETS["precise"],
    )
    assert experiment({"settings": {"bare": {"min_p": 0.1}}}).settings == (Setting("bare", min_p=0.1),)


def test_the_evaluation_of_a_file_is_the_rest_of_it_but_for_what_its_table_says(tmp_path):
    path = toml(
        tmp_path,
        'samples = 4\nseed = 1\nsetting = ["hot"]\n[settings.hot]\ntemperature = 2\n'
        '[evaluation]\nsamples = 2\nsetting = ["precise"]\n[export]\nkeep = "correct"\n',
    )
    assert resolve(path, {}).settings == (Setting("hot", temperature=2.0),)
    found = resolve(path, {"seed": 3}, evaluation=True)
    assert (found.samples, found.seed, found.settings) == (2, 3, (PRESETS["precise"],))
    with pytest.raises(InputError, match="has none"):
        resolve(toml(tmp_path, "seed = 1"), {}, evaluation=True)
    with pytest.raises(InputError, match="evaluation: unknown key 'sample'"):
        resolve(toml(tmp_path, "[evaluation]\nsample = 1"), {})


def test_flags_win_over_the_file_and_the_file_over_the_embedded_experiment(tmp_path):
    path = toml(tmp_path, "samples = 3\nseed = 5\n")
    found = resolve(path, {"seed": 6})
    assert (found.samples, found.seed, found.model, found.limit) == (3, 6, "embedded", 300)
    other = resolve(path, {"model": "some/model", "data": "mine.jsonl"})
    assert (other.limit, other.max_new_tokens) == (None, 32_768)
    assert resolve(None, {"model": "embedded", "data": "mine.jsonl"}).limit is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"model": "some/model"},
            "model some/model without data: name the problems by --data, or say --data embedded",
        ),
        (
            {"data": "mine.jsonl"},
            "data mine.jsonl without a model: name one by --model, or say --model embedded",
        ),
    ],
)
def test_a_model_without_data_and_data_without_a_model_are_refused(tmp_path, given, message):
    with pytest.raises(InputError, match=message):
        resolve(None, given)
    with pytest.raises(InputError, match=message):
        resolve(toml(tmp_path, "".join(f"{key} = {value!r}" for key, value in given.items())), {})


@pytest.mark.parametrize(
    "given",
    [{}, {"model": "embedded"}, {"data": "embedded"}, {"model": "some/model", "data": "embedded"}],
    ids=["nothing", "the toy model", "the toy data", "toy data for a model"],
)
def test_the_toys_serve_where_they_are_named_or_nothing_is(given):
    assert resolve(None, given).data == "embedded"


def test_any_decode_parameter_may_be_varied_in_the_file(tmp_path):
    path = toml(tmp_path, 'setting = ["general, precise"]\ntop_k = [20, 50]\nmin_p = 0.05\n')
    found = resolve(path, {"presence_penalty": [0.5]}).settings
    assert [setting.name for setting in found[:2]] == [
        "general,top_k=20,min_p=0.05,presence_penalty=0.5",
        "general,top_k=50,min_p=0.05,presence_penalty=0.5",
    ]
    assert found[-1] == Setting(found[-1].name, 0.6, 0.95, 50, 0.05, 0.5)


def test_a_setting_whose_name_has_commas_is_one_setting(tmp_path):
    path = toml(tmp_path, 'setting = ["a,b"]\n[settings."a,b"]\n[settings.a]\n[settings.b]\n')
    assert [setting.name for setting in resolve(path, {}).settings] == ["a,b"]


def test_48k_is_49152_in_the_file_too(tmp_path):
    assert resolve(toml(tmp_path, 'max_new_tokens = "48k"'), {}).max_new_tokens == 49_152


def test_a_grid_without_a_setting_stands_on_general_no_presence():
    names = [setting.name for setting in resolve(None, {"temperature": [0.6, 1.0]}).settings]
    assert names == ["general-no-presence,T=0.6", "general-no-presence,T=1"]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1)
SETTINGS = st.builds(
    Setting,
    name=TEXT,
    temperature=st.floats(0, 3),
    top_p=st.floats(0.01, 1),
    top_k=st.integers(0, 100),
    min_p=st.floats(0, 1),
    presence_penalty=st.floats(-2, 2),
)


@given(
    st.builds(
        Experiment,
        model=TEXT,
        data=TEXT,
        limit=st.none() | st.integers(1, 10**6),
        settings=st.lists(SETTINGS, min_size=1, max_size=4, unique_by=lambda setting: setting.name).map(
            tuple
        ),
        samples=st.integers(1, 64),
        seed=st.integers(0, 2**63 - 1),
        system_prompt=st.none() | TEXT,
        enable_thinking=st.none() | st.booleans(),
    )
)
def test_a_written_experiment_is_read_back_the_same(tmp_path_factory, wanted):
    path = tmp_path_factory.getbasetemp() / "round-trip.toml"
    path.write_bytes(to_toml(wanted).encode())
    assert experiment(read_toml(path)) == wanted


def test_the_hash_changes_with_what_can_change_a_rollout():
    base = Experiment()
    assert base.hash == Experiment(engine="generate", batch_size=1).hash
    others = (
        Experiment(seed=1),
        Experiment(samples=2),
        Experiment(max_new_tokens=5),
        Experiment(model="m"),
        Experiment(system_prompt=""),
        Experiment(settings=(PRESETS["precise"],)),
    )
    assert len({base.hash, *(other.hash for other in others)}) == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("modell = 'x'", "unknown key 'modell' .did you mean 'model'?"),
        ("samples = 'four'", "samples must be a whole number, not 'four'"),
        ("samples = 1.5", "samples must be a whole number"),
        ("seed = true", "seed must be a whole number"),
        ("enable_thinking = 'no'", "enable_thinking must be true or false"),
        ("setting = 'precise'", "setting must be a list"),
        ("setting = [1]", "each of setting must be text"),
        ("temperature = ['hot']", "each of temperature must be a number"),
        ("setting = ['percise']", "unknown setting 'percise' .did you mean 'precise'?"),
        ("setting = ['precise', 'precise']", "'precise' is asked for twice"),
        ("[settings.mine]\ntemp = 1", "settings.mine: unknown key 'temp'"),
        ("[settings.mine]\ntop_k = 2.5", "settings.mine: top_k must be a whole number"),
        ("[settings.mine]\nbase = 'nothing'", "unknown setting 'nothing'"),
        ("[settings.mine]\ntemperature = -0.1", "temperature must be at least 0, not -0.1"),
        ("[settings.mine]\ntemperature = nan", "temperature must be at least 0, not nan"),
        ("[settings.mine]\nmin_p = 1.1", "min_p must be between 0 and 1"),
        ("[settings.mine]\ntop_p = 0", "top_p must be above 0"),
        ("settings = 3", "settings must be a table"),
        ("samples = 0", "samples must be at least 1"),
        ("seed = -1", "seed must be at least 0"),
        ("engine = 'vllm'", "unknown engine 'vllm'; there are slots, generate"),
        ("prompt_template = 'x'", "must contain .problem."),
        ("samples =", "is not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        resolve(toml(tmp_path, text), {})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"cannot read the experiment .*nowhere.toml"):
        read_toml(tmp_path / "nowhere.toml")
