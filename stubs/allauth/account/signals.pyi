from django.dispatch import Signal

authentication_step_completed: Signal
