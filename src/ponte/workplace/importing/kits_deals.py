"""The headers other CRMs give the deals of their exports, and where each goes ("" leaves a column out).

Salesforce's are the API names of its object reference, Zoho's the standard fields of its help pages, RD Station CRM's those that
programs reading its spreadsheet name; Agendor's and Ploomes' are written from the words on their screens. None was tried on a real export.
"""

from __future__ import annotations

from collections.abc import Mapping

MARKS: Mapping[str, tuple[str, ...]] = {
    "rdstation": ("Valor Único", "Valor Recorrente", "Anotação do motivo de perda", "Equipes do responsável"),
    "agendor": ("Código do negócio", "Título do negócio"),
    "ploomes": ("Id do negócio", "Estágio do negócio"),
    "salesforce": ("StageName", "IsWon", "Opportunity ID", "Opportunity Owner"),
    "zoho": ("Deal Owner.id", "Closing Date", "Reason For Loss"),
}
DEALS: Mapping[str, Mapping[str, str]] = {
    "rdstation": {
        "Nome": "title", "Empresa": "customer_name", "Email": "customer_email", "E-mail": "customer_email", "Telefone": "customer_phone",
        "Contatos": "", "Cargo": "", "Funil de vendas": "pipeline", "Funil": "pipeline", "Etapa": "stage", "Estado": "status",
        "Motivo de Perda": "reason", "Anotação do motivo de perda": "close_note", "Valor Único": "amount",
        "Valor Recorrente": "monthly", "Previsão de fechamento": "expected_close", "Data de fechamento": "closed_at",
        "Hora de fechamento": "", "Data de criação": "opened_at", "Hora de criação": "", "Responsável": "owner", "Fonte": "",
        "Campanha": "", "Produtos": "", "Pausada": "", "Qualificação": "", "Equipes do responsável": "",
        "Data do primeiro contato": "", "Hora do primeiro contato": "", "Data do último contato": "", "Hora do último contato": "",
        "Data da próxima tarefa": "", "Hora da próxima tarefa": "",
    },
    "agendor": {
        "Código do negócio": "external_id", "Código": "external_id", "Título do negócio": "title", "Título": "title",
        "Negócio": "title", "Empresa": "customer_name", "Pessoa": "customer_name", "Código da empresa": "customer_external_id",
        "Código da pessoa": "customer_external_id", "CNPJ": "customer_cnpj", "E-mail": "customer_email", "Valor": "amount",
        "Valor do negócio": "amount", "Funil": "pipeline", "Etapa": "stage", "Etapa do funil": "stage", "Status": "status",
        "Usuário responsável": "owner", "Data de início": "opened_at", "Data de cadastro": "", "Data de conclusão": "closed_at",
        "Previsão de fechamento": "expected_close", "Motivo da perda": "reason", "Motivo de perda": "reason",
        "Descrição": "description", "Produtos": "", "Acessos adicionais": "",
    },
    "ploomes": {
        "Id do negócio": "external_id", "Id": "external_id", "Título": "title", "Cliente": "customer_name", "Contato": "customer_name",
        "Id do cliente": "customer_external_id", "CNPJ": "customer_cnpj", "E-mail": "customer_email", "Valor": "amount",
        "Funil": "pipeline", "Estágio": "stage", "Estágio do negócio": "stage", "Situação": "status", "Status": "status",
        "Responsável": "owner", "Data de início": "opened_at", "Data de criação": "", "Data de término": "closed_at",
        "Previsão de fechamento": "expected_close", "Motivo de perda": "reason", "Observação": "description", "Origem": "",
        "Marcadores": "",
    },
    "salesforce": {
        "Id": "external_id", "Opportunity ID": "external_id", "Name": "title", "Opportunity Name": "title",
        "AccountId": "customer_external_id", "ContactId": "", "Account ID": "customer_external_id", "Account.Name": "customer_name",
        "Account Name": "customer_name", "Amount": "amount", "StageName": "stage", "Stage": "stage", "CloseDate": "expected_close",
        "Close Date": "expected_close", "CreatedDate": "opened_at", "Created Date": "opened_at", "Owner.Email": "owner",
        "Owner.Name": "owner", "Opportunity Owner": "owner", "OwnerId": "", "Description": "description", "Loss Reason": "reason",
        "IsClosed": "", "IsWon": "", "IsDeleted": "", "Probability": "", "ExpectedRevenue": "", "ForecastCategory": "",
        "ForecastCategoryName": "", "LeadSource": "", "Lead Source": "", "Type": "", "NextStep": "", "Next Step": "", "CampaignId": "",
        "LastModifiedDate": "", "SystemModstamp": "",
    },
    "zoho": {
        "Record Id": "external_id", "Deal Name": "title", "Account Name.id": "customer_external_id", "Contact Name.id": "",
        "Account Name": "customer_name", "Contact Name": "customer_name", "Amount": "amount", "Stage": "stage",
        "Pipeline": "pipeline", "Closing Date": "expected_close", "Created Time": "opened_at", "Deal Owner": "owner",
        "Deal Owner.id": "", "Reason For Loss": "reason", "Description": "description", "Lead Source": "", "Type": "",
        "Next Step": "", "Probability (%)": "", "Expected Revenue": "", "Campaign Source": "", "Tag": "", "Modified Time": "",
        "Currency": "", "Exchange Rate": "",
    },
}  # fmt: skip
