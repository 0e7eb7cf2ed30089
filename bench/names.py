"""Brazilian-looking customers from a seed: names with accents and particles, phones with DDD, cities."""

from __future__ import annotations

import random
from dataclasses import dataclass

FIRST = [
    "Ana",
    "Maria",
    "José",
    "João",
    "Antônio",
    "Francisco",
    "Carlos",
    "Paulo",
    "Pedro",
    "Lucas",
    "Luiz",
    "Marcos",
    "Gabriel",
    "Rafael",
    "Daniel",
    "Marcelo",
    "Bruno",
    "Eduardo",
    "Felipe",
    "Rodrigo",
    "Fernanda",
    "Juliana",
    "Márcia",
    "Patrícia",
    "Aline",
    "Sandra",
    "Camila",
    "Amanda",
    "Bruna",
    "Jéssica",
    "Letícia",
    "Júlia",
    "Luciana",
    "Vanessa",
    "Mariana",
    "Gabriela",
    "Vera",
    "Vitória",
    "Larissa",
    "Cláudia",
    "Beatriz",
    "Sônia",
    "Luana",
    "Rita",
    "Sebastião",
    "Cícero",
    "Raimundo",
    "Zélia",
    "Íris",
    "Ângela",
    "Érica",
    "Otávio",
    "Ícaro",
    "Úrsula",
    "Hélio",
    "Inês",
    "Tomás",
    "Davi",
    "Miguel",
    "Arthur",
    "Helena",
    "Alice",
    "Laura",
    "Valentina",
    "Heitor",
]
LAST = [
    "Silva",
    "Santos",
    "Oliveira",
    "Souza",
    "Rodrigues",
    "Ferreira",
    "Alves",
    "Pereira",
    "Lima",
    "Gomes",
    "Costa",
    "Ribeiro",
    "Martins",
    "Carvalho",
    "Almeida",
    "Lopes",
    "Soares",
    "Fernandes",
    "Vieira",
    "Barbosa",
    "Rocha",
    "Dias",
    "Nascimento",
    "Andrade",
    "Moreira",
    "Nunes",
    "Marques",
    "Machado",
    "Mendes",
    "Freitas",
    "Cardoso",
    "Ramos",
    "Gonçalves",
    "Santana",
    "Teixeira",
    "Araújo",
    "Conceição",
    "Guimarães",
    "Brandão",
    "Falcão",
    "Magalhães",
    "Müller",
    "Schäfer",
    "Bôas",
    "Queiroz",
    "Assunção",
    "Aragão",
    "D'Ávila",
    "Patrício",
    "Farias",
    "Peixoto",
    "Siqueira",
    "Toledo",
    "Valença",
    "Xavier",
    "Zanetti",
    "Kowalski",
    "Nakamura",
]
TRADES = [
    "Padaria",
    "Mercado",
    "Farmácia",
    "Oficina",
    "Clínica",
    "Escola",
    "Construtora",
    "Transportes",
    "Móveis",
    "Papelaria",
    "Livraria",
    "Restaurante",
    "Academia",
    "Confecções",
    "Distribuidora",
    "Metalúrgica",
    "Gráfica",
    "Imobiliária",
    "Laboratório",
    "Pousada",
]
CITIES = (
    ("São Paulo", "SP", 11), ("Campinas", "SP", 19), ("Rio de Janeiro", "RJ", 21), ("Niterói", "RJ", 21),
    ("Belo Horizonte", "MG", 31), ("Uberlândia", "MG", 34), ("Curitiba", "PR", 41), ("Londrina", "PR", 43),
    ("Porto Alegre", "RS", 51), ("Salvador", "BA", 71), ("Recife", "PE", 81), ("Fortaleza", "CE", 85),
    ("Brasília", "DF", 61), ("Goiânia", "GO", 62), ("Manaus", "AM", 92), ("Belém", "PA", 91),
    ("Florianópolis", "SC", 48), ("Vitória", "ES", 27), ("Cuiabá", "MT", 65), ("João Pessoa", "PB", 83),
)  # fmt: skip
STAGES = (
    "visitor",
    "lead",
    "lead",
    "lead",
    "mql",
    "sql",
    "customer",
    "customer",
    "customer",
    "promoter",
    "lost",
)


@dataclass(frozen=True)
class Sample:
    """One made-up customer. ``phone`` is E.164; every value follows from the generator's seed."""

    kind: str
    name: str
    email: str
    phone: str
    city: str
    state: str
    stage: str


class Generator:
    """An endless, repeatable stream of customers."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.number = 0

    def person(self) -> Sample:
        """Return the next person; two thirds have two surnames."""
        pick = self.random
        surnames = pick.sample(LAST, 2 if pick.random() < 0.66 else 1)
        particle = pick.choice(("", "", "", " da", " de", " dos"))
        return self._sample("person", f"{pick.choice(FIRST)}{particle} {' '.join(surnames)}")

    def company(self) -> Sample:
        """Return the next company."""
        pick = self.random
        return self._sample("company", f"{pick.choice(TRADES)} {pick.choice(FIRST)} {pick.choice(LAST)} Ltda")

    def _sample(self, kind: str, name: str) -> Sample:
        pick, self.number = self.random, self.number + 1
        city, state, area = pick.choice(CITIES)
        local = name.split()[0].lower().encode("ascii", "ignore").decode() or "x"
        return Sample(
            kind=kind,
            name=name,
            email=f"{local}.{self.number}@exemplo{pick.randrange(400)}.com.br",
            phone=f"+55{area}9{pick.randrange(10_000_000, 99_999_999)}",
            city=city,
            state=state,
            stage=pick.choice(STAGES),
        )
