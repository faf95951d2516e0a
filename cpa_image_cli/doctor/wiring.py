"""Decides what each step of an examination does. To add a step, declare it in `Examination` and give it a line here."""

from cpa_image_cli.doctor import address, connection, free_questions, gateway_answers, live_generation, settings
from cpa_image_cli.doctor.examination import Examination, Question
from cpa_image_cli.doctor.steps import Step


def examination_of(question: Question) -> Examination:
    """Return the examination of *question*, nothing of which is done yet."""
    case = Examination(question)
    case.file = Step(lambda: settings.read_file(case))
    case.settings = Step(lambda: settings.resolve(case))
    case.base_url = Step(lambda: settings.base_url(case))
    case.key = Step(lambda: settings.key_for_this_host(case))
    case.gateway = Step(lambda: address.build_gateway(case))
    case.proxy = Step(lambda: address.proxy(case))
    case.target = Step(lambda: address.target(case))
    case.addresses = Step(lambda: connection.addresses(case))
    case.reached = Step(lambda: connection.reached(case))
    case.tls = Step(lambda: connection.tls(case))
    case.health = Step(lambda: free_questions.health(case))
    case.models = Step(lambda: free_questions.models(case))
    case.responses = Step(lambda: free_questions.responses(case))
    case.listing = Step(lambda: gateway_answers.listing(case))
    case.ready = Step(lambda: gateway_answers.ready(case))
    case.generation = Step(lambda: live_generation.generate(case))
    return case
