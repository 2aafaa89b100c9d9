"""A note is taken for its pad's language, and for another only on evidence."""

import pytest

from pipeline.segment.language_identification import begin_loading, identify_languages, unload
from tests.support import language_notes

ENGLISH = [
    "We need more people who can open the door on Saturdays",
    "Nobody knows where the key to the cellar is",
    "The landlord has not answered since March",
    "Ask the school whether we may use the gym",
]
GERMAN = [
    "Wir brauchen mehr Leute, die samstags aufschließen",
    "Niemand weiß, wo der Schlüssel zum Keller ist",
    "Der Vermieter hat seit März nicht geantwortet",
]
JARGON = [
    "API",
    "CSV import",
    "LED x 12",
    "ok",
    "Mon + Tue",
    "Ana, Bo, Tomaž",
    "kiln v2 beta",
    "no budget",
    "PR #75",
    "Café Olé",
]
FOREIGN = {
    "es": ("Nadie sabe dónde está la llave", "Faltan manos para pintar la sala", "¿Quién abre la puerta el sábado?"),
    "fr": ("Personne ne sait où est la clé", "Il manque des bras pour la peinture", "Qui ouvre la porte le samedi ?"),
    "de": ("Niemand weiß, wo der Schlüssel ist", "Es fehlen Leute zum Streichen", "Wer schließt samstags auf?"),
    "ca": ("Ningú no sap on és la clau", "Ens falten mans per pintar la sala", "Qui obre la porta els dissabtes?"),
    "it": ("Nessuno sa dove sia la chiave", "Mancano braccia per dipingere la sala", "Chi apre la porta il sabato?"),
    "pt": ("Ninguém sabe onde está a chave", "Faltam mãos para pintar a sala", "Quem abre a porta no sábado?"),
    "nl": ("Niemand weet waar de sleutel is", "We hebben te weinig mensen om te verven"),
    "pl": ("Nikt nie wie, gdzie jest klucz", "Brakuje rąk do malowania sali"),
    "ru": ("Никто не знает, где ключ", "Не хватает рук для покраски"),
    "uk": ("Ніхто не знає, де ключ від підвалу",),
    "zh": ("没有人知道钥匙在哪里",),
    "ar": ("لا أحد يعرف أين المفتاح",),
}


@pytest.mark.parametrize("text", JARGON)
def test_a_fragment_is_in_the_language_of_its_pad(text: str) -> None:
    assert identify_languages([[*ENGLISH, text]])[0][-1] == "en"
    assert identify_languages([[*GERMAN, text]])[0][-1] == "de"


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in FOREIGN.items() for text in texts]
)
def test_a_sentence_in_another_language_is_recognised(language: str, text: str) -> None:
    assert identify_languages([[*ENGLISH, text]]) == [["en"] * len(ENGLISH) + [language]]


@pytest.mark.parametrize("language", language_notes.LANGUAGES)
def test_each_note_is_identified_in_a_pad_of_its_language_and_in_an_english_one(language: str) -> None:
    texts = [note.text for note in language_notes.notes(language)]
    assert identify_languages([texts]) == [[language] * len(texts)]
    assert [identify_languages([[*ENGLISH, text]])[0][-1] for text in texts] == [language] * len(texts)


@pytest.mark.parametrize("language", language_notes.FOREIGN)
@pytest.mark.parametrize("text", ("API", "LED x 12", "Ana, Bo, Tomaž", "PR #75"))
def test_a_short_line_is_in_the_language_of_its_pad(language: str, text: str) -> None:
    assert identify_languages([[*(note.text for note in language_notes.notes(language)), text]])[0][-1] == language


def test_a_whole_pad_may_be_in_another_language() -> None:
    assert identify_languages([ENGLISH, GERMAN, list(FOREIGN["es"])]) == [["en"] * 4, ["de"] * 3, ["es"] * 3]


@pytest.mark.parametrize("text", ("42", "???", "12.50 + 3 %", "🎉🎉", "—", ""))
def test_a_text_without_letters_is_in_no_language(text: str) -> None:
    assert identify_languages([[*ENGLISH, text]])[0][-1] == "und"


@pytest.mark.parametrize(
    "text", ("https://forge.example.org/wiki/el_taller_de_la_noche", "@marie-claire", "`git push -f`")
)
def test_addresses_handles_and_code_do_not_count(text: str) -> None:
    assert identify_languages([[*ENGLISH, text]])[0][-1] == "en"


def test_no_texts_give_no_languages() -> None:
    assert identify_languages([]) == []
    assert identify_languages([[], ["???"]]) == [[], ["und"]]


def test_the_classifier_is_loaded_again_where_a_text_needs_it_after_it_was_given_back() -> None:
    unload()
    assert identify_languages([GERMAN]) == [["de"] * len(GERMAN)]
    begin_loading()
    assert identify_languages([ENGLISH]) == [["en"] * len(ENGLISH)]
