"""Where the columns of a file of people or companies can go, with the headers they are known by."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from ponte.directory.models import Channel, CompanySize, Education, Gender, MaritalStatus, Stage
from ponte.workplace.importing import FieldType, ImportField

ADDRESS_FIELDS = (
    "postal_code",
    "street",
    "number",
    "complement",
    "district",
    "city",
    "city_code",
    "state",
    "country",
)

GENDERS: Mapping[str, tuple[str, ...]] = {
    Gender.FEMALE: ("feminino", "f", "fem", "mulher", "female"),
    Gender.MALE: ("masculino", "m", "masc", "homem", "male"),
    Gender.NON_BINARY: ("não binário", "nao-binario", "nb", "non-binary"),
    Gender.OTHER: ("outro", "outros", "other"),
}
MARITAL: Mapping[str, tuple[str, ...]] = {
    MaritalStatus.SINGLE: ("solteiro", "solteira", "solteiro(a)", "single"),
    MaritalStatus.MARRIED: ("casado", "casada", "casado(a)", "married"),
    MaritalStatus.STABLE_UNION: ("união estável", "uniao estavel"),
    MaritalStatus.DIVORCED: ("divorciado", "divorciada", "separado", "separada", "divorced"),
    MaritalStatus.WIDOWED: ("viúvo", "viúva", "widowed"),
}
EDUCATION: Mapping[str, tuple[str, ...]] = {
    Education.PRIMARY: ("fundamental", "ensino fundamental", "1º grau"),
    Education.SECONDARY: ("médio", "ensino médio", "2º grau"),
    Education.TECHNICAL: ("técnico", "curso técnico"),
    Education.UNDERGRADUATE: ("superior", "graduação", "ensino superior"),
    Education.POSTGRADUATE: ("pós-graduação", "pos graduacao", "mestrado", "doutorado", "mba"),
}
STAGES: Mapping[str, tuple[str, ...]] = {
    Stage.VISITOR: ("visitante",),
    Stage.LEAD: ("potencial", "prospect", "prospecto", "novo", "subscriber"),
    Stage.MQL: ("lead qualificado", "marketing qualified lead", "lead qualificado por marketing"),
    Stage.SQL: ("oportunidade", "sales qualified lead", "lead qualificado por vendas", "opportunity"),
    Stage.CUSTOMER: ("cliente", "ativo"),
    Stage.PROMOTER: ("promotor", "evangelist", "fã"),
    Stage.LOST: ("perdido", "inativo", "ex-cliente", "churn"),
}
CHANNELS: Mapping[str, tuple[str, ...]] = {
    Channel.WHATSAPP: ("whats", "zap"),
    Channel.PHONE: ("telefone", "ligação", "celular"),
    Channel.EMAIL: ("e-mail", "correio eletrônico"),
    Channel.SMS: (),
    Channel.SOCIAL: ("redes sociais", "instagram", "facebook"),
    Channel.VISIT: ("visita", "presencial"),
    Channel.MAIL: ("correio", "carta"),
}
SIZES: Mapping[str, tuple[str, ...]] = {
    CompanySize.MEI: ("microempreendedor individual",),
    CompanySize.MICRO: ("me", "microempresa", "micro empresa"),
    CompanySize.SMALL: ("epp", "pequena", "pequeno porte", "empresa de pequeno porte"),
    CompanySize.MEDIUM: ("média", "medio porte", "demais"),
    CompanySize.LARGE: ("grande", "grande porte"),
}

_IDENTITY = (
    ImportField(
        "external_id", _("External id"), FieldType.IDENTIFIER,
        ("id", "código", "codigo", "customer unique id", "record id", "id do cliente", "código do cliente", "contact id",
         "seller id", "id externo", "lead id"),
        identity=True, max_length=150, help=_("The number of the record in the system the file comes from"),
    ),
    ImportField(
        "other_external_ids", _("Other external ids"), FieldType.IDENTIFIER,
        ("customer id", "id alternativo", "outros ids", "código antigo"), identity=True, several=True,
    ),
)  # fmt: skip
_CONTACT = (
    ImportField("email", _("E-mail"), FieldType.EMAIL,
                ("e-mail", "email address", "correio eletrônico", "e-mail principal", "email principal", "endereço de e-mail",
                 "e-mail pessoal", "e-mail comercial"), identity=True, several=True),
    ImportField("phone", _("Phone"), FieldType.PHONE,
                ("telefone", "celular", "fone", "tel", "telefone celular", "telefone fixo", "telefone comercial", "mobile",
                 "phone number", "mobile phone", "telefone 1", "telefone 2", "telefone residencial"), identity=True, several=True),
    ImportField("whatsapp", _("WhatsApp"), FieldType.PHONE, ("whatsapp", "whats", "zap", "número do whatsapp"),
                identity=True, several=True),
)  # fmt: skip
_ADDRESS = (
    ImportField("postal_code", _("CEP"), FieldType.CEP,
                ("cep", "zip", "zip code", "código postal", "postal code", "customer zip code prefix", "seller zip code prefix")),
    ImportField("street", _("Street"), synonyms=("endereço", "logradouro", "rua", "address", "endereco", "street address")),
    ImportField("number", _("Number"), synonyms=("número", "nº", "num", "número do endereço")),
    ImportField("complement", _("Complement"), synonyms=("complemento", "apto", "address line 2")),
    ImportField("district", _("District"), synonyms=("bairro", "neighborhood", "distrito")),
    ImportField("city", _("City"), synonyms=("cidade", "município", "municipio", "customer city", "seller city", "localidade")),
    ImportField("city_code", _("IBGE code"), FieldType.IDENTIFIER, ("código ibge", "ibge", "codigo municipio")),
    ImportField("state", _("State"), FieldType.STATE, ("uf", "estado", "customer state", "seller state", "estado/região")),
)  # fmt: skip
_ASSIGNMENT = (
    ImportField("owner", _("Owner"), synonyms=("responsável", "proprietário", "dono", "vendedor", "contact owner", "owner",
                                                "proprietário do contato"), help=_("E-mail or name of a member")),
    ImportField("stage", _("Stage"), FieldType.CHOICE,
                ("etapa", "fase", "estágio", "lifecycle stage", "estágio no funil", "fase do ciclo de vida"), choices=STAGES),
    ImportField("source", _("Source"), synonyms=("origem", "fonte", "lead source", "original source", "canal de origem")),
    ImportField("tags", _("Tags"), synonyms=("etiquetas", "marcadores", "tag", "labels", "categorias"), several=True),
    ImportField("preferred_channel", _("Preferred channel"), FieldType.CHOICE,
                ("canal preferido", "canal de preferência"), choices=CHANNELS),
    ImportField("language", _("Language"), synonyms=("idioma", "língua")),
    ImportField("description", _("Description"),
                synonyms=("observações", "observação", "obs", "notas", "comentários", "anotações", "notes", "descrição")),
)  # fmt: skip

PERSON_FIELDS = (
    ImportField("name", _("Name"), synonyms=("nome", "nome completo", "full name", "cliente", "contato", "nome do cliente",
                                             "nome do contato")),
    ImportField("first_name", _("First name"), synonyms=("primeiro nome", "prenome", "firstname")),
    ImportField("last_name", _("Last name"), synonyms=("sobrenome", "último nome", "lastname", "surname")),
    *_IDENTITY,
    ImportField("cpf", "CPF", FieldType.CPF, ("cpf", "documento", "cpf do cliente", "cpf/cnpj"), identity=True),
    *_CONTACT,
    ImportField("birthday", _("Birthday"), FieldType.DATE,
                ("data de nascimento", "nascimento", "aniversário", "dt nasc", "dt nascimento", "date of birth", "birth date"),
                past=True),
    ImportField("gender", _("Gender"), FieldType.CHOICE, ("gênero", "sexo", "sex"), choices=GENDERS),
    ImportField("social_name", _("Social name"), synonyms=("nome social",)),
    ImportField("job_title", _("Job title"), synonyms=("cargo", "função", "title", "jobtitle")),
    ImportField("occupation", _("Occupation"), synonyms=("profissão", "ocupação")),
    ImportField("company_cnpj", _("CNPJ of the company"), FieldType.CNPJ, ("cnpj da empresa", "cnpj")),
    ImportField("company_name", _("Company"), synonyms=("empresa", "company", "company name", "nome da empresa", "organização",
                                                        "organization", "account name"),
                max_length=240, help=_("Found by its name, or made")),
    ImportField("company_role", _("Role at the company"), synonyms=("papel na empresa", "departamento", "setor")),
    ImportField("marital_status", _("Marital status"), FieldType.CHOICE, ("estado civil",), choices=MARITAL),
    ImportField("education", _("Education"), FieldType.CHOICE, ("escolaridade", "formação"), choices=EDUCATION),
    ImportField("nationality", _("Nationality"), synonyms=("nacionalidade",)),
    ImportField("children", _("Children"), FieldType.INTEGER, ("filhos", "número de filhos")),
    *_ADDRESS,
    *_ASSIGNMENT,
)  # fmt: skip

COMPANY_FIELDS = (
    ImportField("name", _("Trade name"), synonyms=("nome fantasia", "fantasia", "nome", "empresa", "company", "company name",
                                                   "nome da empresa", "cliente", "organization", "organização")),
    ImportField("legal_name", _("Legal name"), synonyms=("razão social", "razao social", "legal name", "nome empresarial")),
    *_IDENTITY,
    ImportField("cnpj", "CNPJ", FieldType.CNPJ, ("cnpj", "documento", "cpf/cnpj", "cnpj da empresa"), identity=True),
    *_CONTACT,
    ImportField("website", _("Website"), synonyms=("site", "url", "domínio", "web site", "company domain name")),
    ImportField("industry", _("Industry"), synonyms=("segmento", "setor", "ramo", "ramo de atividade", "área de atuação")),
    ImportField("cnae", "CNAE", FieldType.IDENTIFIER, ("cnae", "cnae principal")),
    ImportField("size", _("Size"), FieldType.CHOICE, ("porte", "tamanho"), choices=SIZES),
    ImportField("employees", _("Employees"), FieldType.INTEGER,
                ("funcionários", "número de funcionários", "colaboradores", "number of employees")),
    ImportField("annual_revenue", _("Annual revenue"), FieldType.NUMBER, ("faturamento", "receita anual", "faturamento anual")),
    ImportField("founded_on", _("Founded on"), FieldType.DATE, ("fundação", "data de fundação", "abertura", "data de abertura"),
                past=True),
    ImportField("state_registration", _("State registration"), FieldType.IDENTIFIER, ("inscrição estadual", "ie")),
    ImportField("municipal_registration", _("Municipal registration"), FieldType.IDENTIFIER, ("inscrição municipal", "im")),
    *_ADDRESS,
    *_ASSIGNMENT,
)  # fmt: skip
