"""Where a file comes from: the headers other CRMs' exports have, in English and Portuguese, and where each goes.

A kit only adds what the general guess (``mapping.guess_mapping``) would miss or get wrong. Headers that no public page
confirmed are in ``docs/features/import.md``, marked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ponte.workplace.importing.files import Sample
from ponte.workplace.importing.kits_deals import DEALS
from ponte.workplace.importing.kits_deals import MARKS as DEAL_MARKS
from ponte.workplace.importing.kits_tasks import MARKS as TASK_MARKS
from ponte.workplace.importing.kits_tasks import TASKS
from ponte.workplace.importing.mapping import guess_mapping, normal_header
from ponte.workplace.importing.targets import ImportTarget


@dataclass(frozen=True)
class Kit:
    """One system: its name, the source its ids belong to, and per target header → field ("" leaves a column out).

    ``marks`` are headers that hardly any other system's files have: one of them recognises the kit.
    """

    key: str
    label: str
    marks: tuple[str, ...]
    files: Mapping[str, Mapping[str, str]]

    def columns(self, target: str, headers: Sequence[str]) -> dict[int, str]:
        """Return column index → field key for the headers of ``target``'s file this kit knows."""
        known = {normal_header(header): field for header, field in self.files.get(target, {}).items()}
        return {
            index: known[normal_header(header)]
            for index, header in enumerate(headers)
            if normal_header(header) in known
        }


_HUBSPOT = Kit(
    "hubspot", "HubSpot",
    marks=("Lifecycle Stage", "Contact owner", "HubSpot Team", "Associated Company IDs", "Proprietário do contato",
           "Fase do ciclo de vida", "Company owner", "Associated Contact IDs"),
    files={
        "opportunities": {
            "Record ID": "external_id", "ID do registro": "external_id", "Deal Name": "title", "Nome do negócio": "title",
            "Pipeline": "pipeline", "Deal Stage": "stage", "Etapa do negócio": "stage", "Amount": "amount", "Valor": "amount",
            "Close Date": "expected_close", "Data de fechamento": "expected_close", "Create Date": "opened_at",
            "Data de criação": "opened_at", "Deal owner": "owner", "Proprietário do negócio": "owner",
            "Associated Contact IDs": "customer_external_id", "Closed Lost Reason": "reason", "Deal Description": "description",
        },
        "people": {
            "Record ID": "external_id", "ID do registro": "external_id", "First Name": "first_name", "Nome": "first_name",
            "Last Name": "last_name", "Sobrenome": "last_name", "Email": "email", "E-mail": "email", "Phone Number": "phone",
            "Número de telefone": "phone", "Mobile Phone Number": "phone", "Número de celular": "phone",
            "WhatsApp Phone Number": "whatsapp", "Contact owner": "owner", "Proprietário do contato": "owner",
            "Lifecycle Stage": "stage", "Fase do ciclo de vida": "stage", "Job Title": "job_title", "Cargo": "job_title",
            "Company Name": "company_name", "Nome da empresa": "company_name", "Associated Company": "company_name",
            "Associated Company IDs": "", "Original Source": "source", "Fonte original": "source", "Street Address": "street",
            "City": "city", "State/Region": "state", "Postal Code": "postal_code", "Lead Status": "", "Create Date": "",
        },
        "companies": {
            "Record ID": "external_id", "ID do registro": "external_id", "Company name": "name", "Nome da empresa": "name",
            "Company Domain Name": "website", "Company owner": "owner", "Proprietário da empresa": "owner",
            "Phone Number": "phone", "Industry": "industry", "Setor": "industry", "Number of Employees": "employees",
            "Annual Revenue": "annual_revenue", "City": "city", "State/Region": "state", "Postal Code": "postal_code",
            "Lifecycle Stage": "stage", "Create Date": "",
        },
        "interactions": {
            "Record ID": "external_id", "Activity date": "occurred_at", "Note body": "body", "Call notes": "body",
            "Activity type": "kind", "Activity assigned to": "author", "Associated Contact IDs": "customer_external_id",
            "Associated contact email": "customer_email",
        },
    },
)  # fmt: skip
_PIPEDRIVE = Kit(
    "pipedrive", "Pipedrive",
    marks=("Person - Name", "Organization - Name", "Person - ID", "Organization - ID", "Activity - Subject", "Pessoa - Nome",
           "Organização - Nome"),
    files={
        "opportunities": {
            "Deal - ID": "external_id", "Deal - Title": "title", "Deal - Value": "amount", "Deal - Pipeline": "pipeline",
            "Deal - Stage": "stage", "Deal - Status": "status", "Deal - Owner": "owner", "Deal - Deal created": "opened_at",
            "Deal - Won time": "won_at", "Deal - Lost time": "lost_at", "Deal - Expected close date": "expected_close",
            "Deal - Lost reason": "reason", "Deal - Contact person ID": "customer_external_id", "Negócio - ID": "external_id",
            "Negócio - Título": "title", "Negócio - Valor": "amount", "Negócio - Funil": "pipeline", "Negócio - Etapa": "stage",
            "Negócio - Status": "status", "Negócio - Proprietário": "owner",
        },
        "people": {
            "Person - ID": "external_id", "Person - Name": "name", "Person - Email": "email", "Person - Email - Work": "email",
            "Person - Email - Home": "email", "Person - Phone": "phone", "Person - Phone - Work": "phone",
            "Person - Phone - Mobile": "phone", "Person - Organization": "company_name", "Organization - Name": "company_name",
            "Person - Owner": "owner", "Person - Label": "tags", "Person - Labels": "tags", "Pessoa - ID": "external_id",
            "Pessoa - Nome": "name", "Pessoa - E-mail": "email", "Pessoa - Telefone": "phone",
            "Pessoa - Organização": "company_name", "Pessoa - Proprietário": "owner", "Pessoa - Etiqueta": "tags",
        },
        "companies": {
            "Organization - ID": "external_id", "Organization - Name": "name", "Organization - Owner": "owner",
            "Organization - Address": "street", "Organization - Label": "tags", "Organization - Labels": "tags",
            "Organização - ID": "external_id", "Organização - Nome": "name", "Organização - Proprietário": "owner",
            "Organização - Endereço": "street", "Organização - Etiqueta": "tags",
        },
        "interactions": {
            "Activity - ID": "external_id", "Activity - Subject": "subject", "Activity - Type": "kind",
            "Activity - Note": "body", "Activity - Due date": "occurred_at", "Activity - Assigned to user": "author",
            "Person - Email": "customer_email", "Person - ID": "customer_external_id", "Note - Content": "body",
            "Note - Add time": "occurred_at", "Note - User": "author",
        },
    },
)  # fmt: skip
_RD = Kit(
    "rdstation", "RD Station",
    marks=("Estágio no funil", "Dono do Lead", "Lead Scoring - Interesse", "Data da primeira conversão",
           "Evento da primeira conversão", "Url pública"),
    files={
        "people": {
            "Email": "email", "Nome": "name", "Telefone": "phone", "Celular": "phone", "Empresa": "company_name",
            "Cargo": "job_title", "Cidade": "city", "Estado": "state", "Estágio no funil": "stage", "Dono do Lead": "owner",
            "Tags": "tags", "Origem da primeira conversão": "source", "Evento da primeira conversão": "",
            "Data da primeira conversão": "", "Url pública": "", "Anotações": "description",
        },
        "companies": {
            "Nome": "name", "Empresa": "name", "Segmento": "industry", "URL": "website", "Resumo": "description",
            "Responsável": "owner",
        },
        "interactions": {
            "Assunto": "subject", "Tipo": "kind", "Data": "occurred_at", "Responsável": "author", "Anotação": "body",
            "Email do contato": "customer_email",
        },
    },
)  # fmt: skip
_AGENDOR = Kit(
    "agendor", "Agendor",
    marks=("Acessos adicionais", "Usuário responsável", "Código da pessoa", "Código da empresa", "Origem do cliente"),
    files={
        "people": {
            "Código da pessoa": "external_id", "Código": "external_id", "Nome": "name", "CPF": "cpf", "E-mail": "email",
            "Telefone": "phone", "Celular": "phone", "WhatsApp": "whatsapp", "Cargo": "job_title", "Empresa": "company_name",
            "Usuário responsável": "owner", "Categoria": "tags", "Origem do cliente": "source", "Descrição": "description",
            "Aniversário": "birthday", "Acessos adicionais": "",
        },
        "companies": {
            "Código da empresa": "external_id", "Código": "external_id", "Nome fantasia": "name", "Nome": "name",
            "Razão social": "legal_name", "CNPJ": "cnpj", "Setor": "industry", "Usuário responsável": "owner",
            "Categoria": "tags", "Origem do cliente": "source", "Descrição": "description", "Website": "website",
            "Acessos adicionais": "",
        },
        "interactions": {
            "Código da tarefa": "external_id", "Tipo": "kind", "Descrição": "body", "Data": "occurred_at",
            "Usuário responsável": "author", "E-mail": "customer_email", "Código da pessoa": "customer_external_id",
        },
    },
)  # fmt: skip
_PLOOMES = Kit(
    "ploomes", "Ploomes",
    marks=("Id do cliente", "Tipo de cliente", "Situação do cliente", "Linha de negócio"),
    files={
        "people": {
            "Id do cliente": "external_id", "Id": "external_id", "Nome": "name", "CPF": "cpf", "E-mail": "email",
            "Telefones": "phone", "Telefone": "phone", "Empresa": "company_name", "Cargo": "job_title",
            "Responsável": "owner", "Origem": "source", "Marcadores": "tags", "Observação": "description",
            "Tipo de cliente": "", "Situação do cliente": "",
        },
        "companies": {
            "Id do cliente": "external_id", "Id": "external_id", "Nome": "name", "Razão social": "legal_name",
            "CNPJ": "cnpj", "E-mail": "email", "Telefones": "phone", "Segmento": "industry", "Responsável": "owner",
            "Origem": "source", "Marcadores": "tags", "Quantidade de funcionários": "employees", "Site": "website",
            "Tipo de cliente": "", "Situação do cliente": "",
        },
        "interactions": {
            "Id": "external_id", "Id do cliente": "customer_external_id", "Conteúdo": "body", "Data": "occurred_at",
            "Criador": "author", "Tipo": "kind", "E-mail": "customer_email",
        },
    },
)  # fmt: skip
_SALESFORCE = Kit(
    "salesforce", "Salesforce",
    marks=("AccountId", "MailingStreet", "IsDeleted", "LastModifiedById", "BillingStreet", "SystemModstamp", "WhoId",
           "Contact ID 18", "Mailing State/Province"),
    files={
        "people": {
            "Id": "external_id", "Contact ID": "external_id", "FirstName": "first_name", "LastName": "last_name", "Name": "name",
            "Email": "email", "Phone": "phone", "MobilePhone": "phone", "Mobile": "phone", "HomePhone": "phone",
            "Title": "job_title", "Department": "company_role", "Birthdate": "birthday", "MailingStreet": "street",
            "MailingCity": "city", "MailingState": "state", "MailingPostalCode": "postal_code", "LeadSource": "source",
            "Lead Source": "source", "Description": "description", "Account Name": "company_name",
            "Account.Name": "company_name", "Owner.Email": "owner", "Contact Owner": "owner", "AccountId": "", "OwnerId": "",
            "IsDeleted": "", "CreatedDate": "", "LastModifiedById": "", "SystemModstamp": "", "Company": "company_name",
        },
        "companies": {
            "Id": "external_id", "Account ID": "external_id", "Name": "name", "Account Name": "name", "Website": "website",
            "Industry": "industry", "Phone": "phone", "NumberOfEmployees": "employees", "AnnualRevenue": "annual_revenue",
            "BillingStreet": "street", "BillingCity": "city", "BillingState": "state", "BillingPostalCode": "postal_code",
            "Description": "description", "Owner.Email": "owner", "Account Owner": "owner", "AccountSource": "source",
            "OwnerId": "", "IsDeleted": "", "CreatedDate": "",
        },
        "interactions": {
            "Id": "external_id", "WhoId": "customer_external_id", "Subject": "subject", "Description": "body",
            "ActivityDate": "occurred_at", "TaskSubtype": "kind", "Type": "kind", "Owner.Email": "author", "OwnerId": "",
            "Body": "body", "CreatedDate": "occurred_at", "ParentId": "customer_external_id", "Title": "subject",
        },
    },
)  # fmt: skip
_ZOHO = Kit(
    "zoho", "Zoho CRM",
    marks=("Contact Owner.id", "Account Name.id", "Record Id", "Mailing Zip", "Billing Code", "Lead Owner.id", "Account Owner.id",
           "Parent ID.id"),
    files={
        "people": {
            "Record Id": "external_id", "First Name": "first_name", "Last Name": "last_name", "Full Name": "name",
            "Email": "email", "Secondary Email": "email", "Phone": "phone", "Mobile": "phone", "Home Phone": "phone",
            "Title": "job_title", "Department": "company_role", "Date of Birth": "birthday", "Account Name": "company_name",
            "Company": "company_name", "Contact Owner": "owner", "Lead Owner": "owner", "Lead Source": "source",
            "Mailing Street": "street", "Mailing City": "city", "Mailing State": "state", "Mailing Zip": "postal_code",
            "Description": "description", "Tag": "tags", "Contact Owner.id": "", "Account Name.id": "", "Lead Owner.id": "",
        },
        "companies": {
            "Record Id": "external_id", "Account Name": "name", "Account Owner": "owner", "Phone": "phone",
            "Website": "website", "Industry": "industry", "Employees": "employees", "Annual Revenue": "annual_revenue",
            "Billing Street": "street", "Billing City": "city", "Billing State": "state", "Billing Code": "postal_code",
            "Description": "description", "Tag": "tags", "Account Owner.id": "",
        },
        "interactions": {
            "Record Id": "external_id", "Note Title": "subject", "Note Content": "body", "Created Time": "occurred_at",
            "Note Owner": "author", "Parent ID.id": "customer_external_id", "Parent ID": "", "Subject": "subject",
            "Call Type": "direction", "Call Start Time": "occurred_at", "Call Owner": "author", "Description": "body",
            "Contact Name.id": "customer_external_id",
        },
    },
)  # fmt: skip


def _whole(kit: Kit) -> Kit:
    """Return a kit that knows the headers of deals and tasks, too."""
    files, marks = dict(kit.files), kit.marks
    for target, known, signs in (
        ("opportunities", DEALS, DEAL_MARKS),
        ("tasks", TASKS, TASK_MARKS),
    ):
        if kit.key in known:
            files[target] = known[kit.key]
            marks = (*marks, *signs.get(kit.key, ()))
    return replace(kit, files=files, marks=marks)


_ALL = (_HUBSPOT, _PIPEDRIVE, _RD, _AGENDOR, _PLOOMES, _SALESFORCE, _ZOHO)
KITS = {kit.key: _whole(kit) for kit in _ALL}


NO_KIT = "none"


def recognise(target: str, headers: Sequence[str]) -> Kit | None:
    """Return the system whose exports of this target have such headers: the one most of whose marks are there."""
    given = {normal_header(header) for header in headers if header}
    best = max(KITS.values(), key=lambda kit: sum(normal_header(mark) in given for mark in kit.marks))
    fits = target in best.files and any(normal_header(mark) in given for mark in best.marks)
    return best if fits else None


def guess_columns(target: ImportTarget, sample: Sample, kit: Kit | None) -> dict[int, str]:
    """Return the guessed mapping, with what the kit knows better."""
    guessed = guess_mapping(target, sample)
    if kit is None:
        return guessed
    known = kit.columns(target.key, sample.headers)
    single = {key for key in known.values() if (found := target.field_of(key)) and not found.several}
    columns = {index: key for index, key in guessed.items() if index not in known and key not in single}
    taken: set[str] = set()
    for index, key in known.items():
        if target.field_of(key) is not None and key not in taken:
            columns[index] = key
            taken |= {key} & single
    return dict(sorted(columns.items()))
