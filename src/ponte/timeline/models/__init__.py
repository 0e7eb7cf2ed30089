"""Rows of the timeline module."""

from ponte.timeline.models.comment import InteractionComment, InteractionMention
from ponte.timeline.models.interaction import Direction, Interaction, InteractionParticipant
from ponte.timeline.models.task import Task, TaskPriority

__all__ = [
    "Direction",
    "Interaction",
    "InteractionComment",
    "InteractionMention",
    "InteractionParticipant",
    "Task",
    "TaskPriority",
]
