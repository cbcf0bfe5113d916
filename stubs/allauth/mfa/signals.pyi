from django.dispatch import Signal

authenticator_added: Signal
authenticator_removed: Signal
authenticator_reset: Signal
