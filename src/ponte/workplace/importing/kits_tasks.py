"""The headers other CRMs give the tasks of their exports, and where each goes ("" leaves a column out).

Salesforce's are the API names of its object reference, Zoho's the standard fields of its help pages; HubSpot's, Pipedrive's, RD Station's,
Agendor's and Ploomes' are written from the words on their screens. None was tried on a real export.
"""

from __future__ import annotations

from collections.abc import Mapping

TASKS: Mapping[str, Mapping[str, str]] = {
    "hubspot": {
        "Record ID": "external_id", "ID do registro": "external_id", "Task Title": "title", "Título da tarefa": "title",
        "Task Type": "kind", "Tipo de tarefa": "kind", "Due date": "due_at", "Data de vencimento": "due_at", "Task Status": "state",
        "Status da tarefa": "state", "Priority": "priority", "Prioridade": "priority", "Assigned to": "assignee",
        "Atribuído a": "assignee", "Completed at": "done_at", "Task Notes": "description", "Notas da tarefa": "description",
        "Associated Contact IDs": "customer_external_id", "Associated Company IDs": "customer_external_id", "Create date": "",
    },
    "pipedrive": {
        "Activity - ID": "external_id", "Activity - Subject": "title", "Activity - Type": "kind", "Activity - Due date": "due_at",
        "Activity - Due time": "due_time", "Activity - Done": "state", "Activity - Status": "state",
        "Activity - Marked as done time": "done_at", "Activity - Assigned to user": "assignee", "Activity - Note": "description",
        "Activity - Priority": "priority", "Activity - Duration": "", "Person - ID": "customer_external_id",
        "Person - Email": "customer_email", "Activity - Contact person": "customer_name", "Activity - Organization": "customer_name",
        "Atividade - ID": "external_id", "Atividade - Assunto": "title", "Atividade - Tipo": "kind",
        "Atividade - Data de vencimento": "due_at", "Atividade - Hora de vencimento": "due_time", "Atividade - Concluída": "state",
        "Atividade - Atribuído ao usuário": "assignee", "Atividade - Nota": "description",
    },
    "rdstation": {
        "Assunto": "title", "Tipo": "kind", "Data": "due_at", "Hora": "due_time", "Status": "state", "Responsável": "assignee",
        "Observações": "description", "Empresa": "customer_name", "Email do contato": "customer_email", "Negociação": "",
    },
    "agendor": {
        "Código da tarefa": "external_id", "Tipo": "kind", "Descrição": "title", "Data": "due_at", "Hora": "due_time",
        "Finalizada": "state", "Finalizada em": "done_at", "Usuário responsável": "assignee", "E-mail": "customer_email",
        "Código da pessoa": "customer_external_id", "Código da empresa": "customer_external_id", "Empresa": "customer_name",
        "Pessoa": "customer_name", "Negócio": "", "Acessos adicionais": "",
    },
    "ploomes": {
        "Id": "external_id", "Título": "title", "Descrição": "description", "Data": "due_at", "Data e hora": "due_at",
        "Finalizada": "state", "Data de finalização": "done_at", "Responsável": "assignee", "Id do cliente": "customer_external_id",
        "Cliente": "customer_name", "Tipo": "kind", "Negócio": "",
    },
    "salesforce": {
        "Id": "external_id", "Subject": "title", "Description": "description", "ActivityDate": "due_at", "Status": "state",
        "Priority": "priority", "TaskSubtype": "kind", "WhoId": "customer_external_id", "AccountId": "customer_external_id",
        "Owner.Email": "assignee", "CompletedDateTime": "done_at", "OwnerId": "", "IsClosed": "", "IsDeleted": "", "WhatId": "",
        "CreatedDate": "",
    },
    "zoho": {
        "Record Id": "external_id", "Subject": "title", "Due Date": "due_at", "Status": "state", "Priority": "priority",
        "Task Owner": "assignee", "Description": "description", "Contact Name.id": "customer_external_id",
        "Contact Name": "customer_name", "Related To": "customer_name", "Closed Time": "done_at", "Created Time": "", "Task Owner.id": "",
        "Tag": "",
    },
}  # fmt: skip
MARKS: Mapping[str, tuple[str, ...]] = {
    "hubspot": ("Task Title", "Título da tarefa"),
    "pipedrive": ("Atividade - Assunto",),
    "agendor": ("Código da tarefa",),
    "zoho": ("Task Owner.id",),
}
