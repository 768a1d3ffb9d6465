"""The bottom: vocabulary (model), life-cycle and memory (store)."""
