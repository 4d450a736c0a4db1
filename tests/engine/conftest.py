from hypothesis import settings

# A busy machine is no failure: what is fast enough is measured by the benchmark.
settings.register_profile("orderly", deadline=None)
settings.load_profile("orderly")
