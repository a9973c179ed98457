# The CUDA kernels are compiled and loaded by test_kernels where nvcc is; without a GPU they must say that there is none.
if(TARGET test_kernels AND TARGET cuda_kernels)
  add_dependencies(test_kernels cuda_kernels)
  target_compile_definitions(test_kernels PRIVATE TORCHUP_CUDA_KERNELS="${TORCHUP_CUDA_KERNELS}")
endif()
