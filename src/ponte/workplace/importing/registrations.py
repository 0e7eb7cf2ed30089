"""What the importer plugs into the workplace."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.workplace.commands import Command, register_command
from ponte.workplace.home import StartStep, register_start_step
from ponte.workplace.importing import jobs
from ponte.workplace.models import ImportRun
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.visibility import who_may_area

MAY_IMPORT = who_may_area("import")
JOBS = (jobs.run_import, jobs.undo_import, jobs.carry_out, jobs.sweep_imports)


def _something_is_in() -> bool:
    return ImportRun.objects.filter(state=ImportRun.State.DONE).exists()


register_nav(
    NavItem(
        "imports", "settings", _("Import"), "file-import", "workplace:imports", order=890, visible=MAY_IMPORT
    )
)
register_command(
    Command(
        "import",
        _("Import a file"),
        "file-import",
        url_name="workplace:import_new",
        group="do",
        keywords=_("csv spreadsheet excel xlsx bring in"),
        order=200,
        visible=MAY_IMPORT,
    )
)
register_start_step(
    StartStep(
        "import",
        _("Bring your customers in"),
        _("Send the spreadsheet or the export of your old system as it is."),
        "file-import",
        "workplace:import_new",
        _something_is_in,
        order=20,
        visible=MAY_IMPORT,
    )
)
