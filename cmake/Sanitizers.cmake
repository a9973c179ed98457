# -DTORCHUP_SANITIZE=address,undefined or =thread; the first finding ends the program.
if(TORCHUP_SANITIZE)
  add_compile_options(-fsanitize=${TORCHUP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TORCHUP_SANITIZE})
endif()
