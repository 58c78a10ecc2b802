"""Answers for when there is no model."""


def answer(messages, model):
    return "Hello there. This is an answer of the local WeryAI, given by " + model
