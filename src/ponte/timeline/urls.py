"""Addresses of the timeline module."""

from django.urls import path

from ponte.timeline.tables.tasks import DONE_TASKS, TASKS
from ponte.timeline.views import (
    calendar,
    device,
    entries,
    files,
    meeting_acts,
    meetings,
    task_rows,
    tasks,
    timeline,
)
from ponte.workplace.views.lists import list_view

app_name = "timeline"

urlpatterns = [
    path("customers/<uuid:party_id>/timeline/", timeline.entries, name="entries"),
    path("customers/<uuid:party_id>/timeline/record/", timeline.record, name="record"),
    path("customers/<uuid:party_id>/timeline/filters/", timeline.filters, name="filters"),
    path("customers/<uuid:party_id>/timeline/participants/", entries.participants, name="participants"),
    path("customers/<uuid:party_id>/tasks/", tasks.panel, name="tasks_panel"),
    path("customers/<uuid:party_id>/files/", files.panel, name="files_panel"),
    path("customers/<uuid:party_id>/files/upload/", files.upload, name="upload"),
    path("interactions/mentionable/", entries.mentionable, name="mentionable"),
    path("interactions/<uuid:interaction_id>/", entries.entry, name="entry"),
    path("interactions/<uuid:interaction_id>/edit/", entries.edit, name="edit"),
    path("interactions/<uuid:interaction_id>/delete/", entries.delete, name="delete"),
    path("interactions/<uuid:interaction_id>/restore/", entries.restore, name="restore"),
    path("interactions/<uuid:interaction_id>/pin/", entries.pin, name="pin"),
    path("interactions/<uuid:interaction_id>/comment/", entries.comment, name="comment"),
    path("comments/<uuid:comment_id>/delete/", entries.delete_comment, name="delete_comment"),
    path("comments/<uuid:comment_id>/restore/", entries.restore_comment, name="restore_comment"),
    path("attachments/<uuid:file_id>/", files.download, name="file"),
    path("attachments/<uuid:file_id>/delete/", files.remove, name="remove_file"),
    path("attachments/<uuid:file_id>/restore/", files.restore, name="restore_file"),
    path("device/", device.state, name="device"),
    path("device/entries/", device.entries, name="device_entries"),
    path("tasks/", list_view(TASKS), name="tasks"),
    path("tasks/done/", list_view(DONE_TASKS), name="tasks_done"),
    path("tasks/day/", tasks.day, name="day"),
    path("tasks/day/block/", tasks.home_block, name="home_block"),
    path("tasks/new/", tasks.create, name="task_new"),
    path("tasks/<uuid:task_id>/", tasks.detail, name="task"),
    path("tasks/<uuid:task_id>/edit/", tasks.edit, name="task_edit"),
    path("tasks/<uuid:task_id>/move/", meetings.move_task, name="task_move"),
    path("tasks/<uuid:task_id>/done/", task_rows.done, name="task_done"),
    path("tasks/<uuid:task_id>/reopen/", task_rows.reopen, name="task_reopen"),
    path("tasks/<uuid:task_id>/delete/", task_rows.delete, name="task_delete"),
    path("tasks/<uuid:task_id>/restore/", task_rows.restore, name="task_restore"),
    path("customers/<uuid:party_id>/meetings/", meeting_acts.panel, name="meetings_panel"),
    path("calendar/", calendar.page, name="calendar"),
    path("calendar/entries/", calendar.entries, name="calendar_entries"),
    path("meetings/new/", meetings.create, name="meeting_new"),
    path("meetings/invitable/", meetings.invitable, name="invitable"),
    path("meetings/<uuid:meeting_id>/", meeting_acts.detail, name="meeting"),
    path("meetings/<uuid:meeting_id>/edit/", meetings.edit, name="meeting_edit"),
    path("meetings/<uuid:meeting_id>/move/", meetings.move, name="meeting_move"),
    path("meetings/<uuid:meeting_id>/hold/", meeting_acts.hold, name="meeting_hold"),
    path("meetings/<uuid:meeting_id>/cancel/", meeting_acts.cancel, name="meeting_cancel"),
    path("meetings/<uuid:meeting_id>/answer/", meeting_acts.answer, name="meeting_answer"),
    path("meetings/<uuid:meeting_id>/delete/", meeting_acts.delete, name="meeting_delete"),
    path("meetings/<uuid:meeting_id>/restore/", meeting_acts.restore, name="meeting_restore"),
]
