"""Amounts in words, in Portuguese, as contracts and receipts write them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_SMALL = ["zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze", "treze", "quatorze", "quinze", "dezesseis", "dezessete", "dezoito", "dezenove"]  # fmt: skip
_TENS = ["-", "-", "vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta", "noventa"]
_HUNDREDS = ["-", "cento", "duzentos", "trezentos", "quatrocentos", "quinhentos", "seiscentos", "setecentos", "oitocentos", "novecentos"]  # fmt: skip
_SCALES = (("", ""), ("mil", "mil"), ("milhão", "milhões"), ("bilhão", "bilhões"), ("trilhão", "trilhões"))
_CURRENCIES = {
    "BRL": ("real", "reais", "centavo", "centavos"),
    "USD": ("dólar", "dólares", "centavo", "centavos"),
    "EUR": ("euro", "euros", "centavo", "centavos"),
}
MOST = 10**15


def number_in_words(number: int) -> str:
    """Return a whole number from 0 below 10^15 in words: 1234 → "mil duzentos e trinta e quatro".

    Raises:
        ValueError: outside that range.
    """
    if not 0 <= number < MOST:
        raise ValueError("out of range")
    if number < 20:
        return _SMALL[number]
    groups, left, scale = [], number, 0
    while left:
        left, group = divmod(left, 1000)
        if group:
            groups.append((group, _group(group, scale)))
        scale += 1
    groups.reverse()
    words = groups[0][1]
    for place, (group, text) in enumerate(groups[1:], 2):
        # "e" before the last group where it is below a hundred or a whole hundred: mil e cem, mil cento e um
        is_last = place == len(groups)
        words += (" e " if is_last and (group < 100 or group % 100 == 0) else " ") + text
    return words


def amount_in_words(amount: Decimal, currency: str = "BRL") -> str:
    """Return an amount ≥ 0 in words: 1250.50 BRL → "mil duzentos e cinquenta reais e cinquenta centavos".

    Currencies without Portuguese names here keep their three letters.
    """
    whole, cents = divmod(int((amount * 100).to_integral_value(ROUND_HALF_UP)), 100)
    one, many, cent, cents_word = _CURRENCIES.get(currency, (currency, currency, "centavo", "centavos"))
    parts = []
    if whole or not cents:
        joint = " de " if whole >= 10**6 and whole % 10**6 == 0 else " "
        parts.append(number_in_words(whole) + joint + (one if whole == 1 else many))
    if cents:
        parts.append(f"{number_in_words(cents)} {cent if cents == 1 else cents_word}")
    return " e ".join(parts)


def _group(group: int, scale: int) -> str:
    if scale == 1 and group == 1:
        return "mil"
    name = _SCALES[scale][group > 1]
    return f"{_hundreds(group)} {name}".strip()


def _hundreds(number: int) -> str:
    if number == 100:
        return "cem"
    hundreds, rest = divmod(number, 100)
    parts = [_HUNDREDS[hundreds]] if hundreds else []
    if rest:
        parts.append(_below_hundred(rest))
    return " e ".join(parts)


def _below_hundred(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f" e {_SMALL[ones]}" if ones else "")
