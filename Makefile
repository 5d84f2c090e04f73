# SPDX-License-Identifier: BSD-3-Clause
# The commands a user types. Each checks for the packages it needs and installs
# them where it is run by root; everything it makes is below build/.

# make run UBOOT=... KERNEL=... INITRD=... uses your own binaries; DRIVER=none leaves
# ffavars.efi out, for a firmware that speaks FF-A itself; VERIFIES=yes says that the firmware
# verifies what it boots, so that SecureBoot becomes 1 with a platform key.
RUN_OPTIONS = $(if $(UBOOT),--uboot "$(UBOOT)") $(if $(KERNEL),--kernel "$(KERNEL)") \
	$(if $(INITRD),--initrd "$(INITRD)") $(if $(filter none,$(DRIVER)),--no-driver) \
	$(if $(filter yes,$(VERIFIES)),--verifies)

.PHONY: help run shell secure-image sp-image build test record bench fuzz check clean python

help:
	@echo 'make run           boot U-Boot and Linux on QEMU, write EFI variables, cut the power,'
	@echo '                   boot again and find them; UBOOT=, KERNEL=, INITRD= name your own files'
	@echo 'make shell         the same machine, and you at the prompt with efivarfs mounted'
	@echo 'make secure-image  the secure flash image alone, for your own normal world'
	@echo 'make sp-image      the MM partition in the forms that OP-TEE, TF-A and Hafnium load'
	@echo 'make build         host tools, secure world and ffavars.efi, without booting anything'
	@echo 'make test          build, check and test everything'
	@echo 'make record        record what a U-Boot with FF-A says, for the replays; UBOOT= names it'
	@echo 'make check         formatting and static analysis only'
	@echo 'make bench         instructions, bytes and requests per service call, with targets'
	@echo 'make fuzz          run the fuzz targets for a while; SECONDS=60 each'
	@echo 'make clean         delete what was built; downloaded packages stay'

run: python
	@python3 scripts/run.py run $(RUN_OPTIONS)

shell: python
	@python3 scripts/run.py shell $(RUN_OPTIONS)

secure-image: python
	@python3 scripts/build.py secure
	@python3 scripts/build.py --explain-secure-image

sp-image: python
	@python3 scripts/build.py secure
	@cat build/secure/machines/sp/sp-image.txt

build: python
	@python3 scripts/build.py host secure uefi

test: python
	@python3 scripts/test.py

record: python
	@python3 scripts/build.py host secure
	@python3 scripts/record.py --uboot "$(or $(UBOOT),$(error UBOOT= names no binary))"

check: python
	@python3 scripts/test.py --style

bench: python
	@python3 scripts/build.py host secure uefi
	@python3 scripts/bench.py

fuzz: python
	@python3 scripts/fuzz.py --seconds $(or $(SECONDS),60)

clean:
	@find build -mindepth 1 -maxdepth 1 ! -name packages -exec rm -rf {} + 2>/dev/null || true

# Everything else is looked after by scripts/packages.py, which needs this one.
python:
	@command -v python3 >/dev/null || { \
		echo 'python3 is missing.'; \
		[ "$$(id -u)" = 0 ] || { echo 'Type: sudo apt-get install python3'; exit 1; }; \
		echo 'Installing it.'; \
		apt-get -qq update && apt-get -qq install -y --no-install-recommends python3; }
