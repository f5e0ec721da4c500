# Builds the tools in pipeline order into $(BUILD)/bin.
#
#   make                              everything, into build/
#   make check                        everything, and every test (scripts/check installs what they need)
#   make install DESTDIR= PREFIX=     programs, scripts, manuals, examples
#   make dist                         build/wd-tools-VERSION.tar.gz of the files that git knows
#   make BUILD=build/san SAN=address,undefined
#   make CC=clang
#   make CC=aarch64-linux-gnu-gcc PKG=aarch64-linux-gnu-pkg-config RUN=qemu-aarch64

VERSION = 0.1.0
BUILD   = build
PREFIX  = /usr/local
BINDIR  = $(PREFIX)/bin
MANDIR  = $(PREFIX)/share/man
DOCDIR  = $(PREFIX)/share/doc/wd-tools
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR  = $(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d
LIBDIR  = $(PREFIX)/lib/wd-tools
UNITDIR = $(PREFIX)/lib/systemd/system
USERDIR = $(PREFIX)/lib/sysusers.d
TEMPDIR = $(PREFIX)/lib/tmpfiles.d

TOOLS   = wd-poll wd-mqtt wd-normalize wd-health wd-watch wd-tee wd-store wd-drain wd-send wd-recv wd-dump wd-export wd-serve wd-sim

CFLAGS   ?= -O2 -g
PKG      ?= pkg-config
WARNINGS  = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wformat=2 -Wno-missing-field-initializers
# The hot paths go through many small functions in different files: this is worth a tenth of the
# CPU. Fat objects link without it, too; other compilers than gcc want other tools for it.
ifeq ($(origin LTO),undefined)
LTO := $(if $(findstring Free Software,$(shell $(CC) --version)),-flto=auto -ffat-lto-objects)
endif
HARDENING = -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
# Files above 2 GiB and times after 2038, also where a long has 32 bits.
WIDE = -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
override CPPFLAGS += -I. -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE $(WIDE) -DWD_VERSION='"$(VERSION)"'
override CFLAGS   += -std=c11 $(WARNINGS)
override LDFLAGS  += -pie -Wl,-z,relro,-z,now,--as-needed

ifdef SAN
override CFLAGS  += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer -fPIE
override LDFLAGS += -fsanitize=$(SAN)
else
override CFLAGS  += $(HARDENING) $(LTO)
endif
ifdef WERROR
override CFLAGS  += -Werror
endif

# What each tool links. libjq has no .pc file on Debian 12.
PKGS_wd-poll      = libcurl yaml-0.1
PKGS_wd-mqtt      = libmosquitto libcurl yaml-0.1
PKGS_wd-watch     = yaml-0.1
PKGS_wd-store     = libpq sqlite3 libcrypto
PKGS_wd-drain     = libzstd
PKGS_wd-send      = librabbitmq openssl
PKGS_wd-recv      = librabbitmq openssl
PKGS_wd-dump      = libpq sqlite3 yaml-0.1
PKGS_wd-serve     = libmicrohttpd
PKGS_wd-sim       = libmicrohttpd libmosquitto
LIBS_wd-normalize = -ljq
LIBS_wd-watch     = -lgeos_c
LIBS_wd-sim       = -ljq

SHELLS = bash zsh fish
BINS   = $(TOOLS:%=$(BUILD)/bin/%)
COMMON = $(BUILD)/lib/common.a
TESTS  = $(patsubst tests/unit/%.t.c,$(BUILD)/test/%.t,$(wildcard tests/unit/*/*.t.c)) \
         $(patsubst tests/%.c,$(BUILD)/test/%,$(wildcard tests/*.c))

.PHONY: all tests check dist install install-completion uninstall format clean
.SECONDARY:
all: $(BINS) $(SHELLS:%=$(BUILD)/completion.%)
tests: $(TESTS)

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)/*.c $(1)/*/*.c $(1)/*/*/*.c))

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Files that are embedded as C strings, so that they stay usable by themselves.
embedded = $(foreach file,$(filter-out scripts/embed,$^),$(1)_$(basename $(notdir $(file)))=$(file))
$(BUILD)/obj/tools/wd-store/sql.c: scripts/embed $(wildcard tools/wd-store/sql/*.sql)
	@mkdir -p $(@D)
	@scripts/embed tools/wd-store/sql.h $(call embedded,sql) > $@
$(BUILD)/obj/tools/wd-sim/templates.c: scripts/embed $(wildcard tools/wd-sim/templates/*.json)
	@mkdir -p $(@D)
	@scripts/embed tools/wd-sim/templates.h $(call embedded,template) > $@
include common/map/page.mk

EMBEDDED = tools/wd-store/sql tools/wd-sim/templates common/map/page
$(EMBEDDED:%=$(BUILD)/obj/%.o): %.o: %.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-overlength-strings -MMD -MP -c -o $@ $<
$(BUILD)/lib/wd-store.a: $(BUILD)/obj/tools/wd-store/sql.o
$(BUILD)/lib/wd-sim.a: $(BUILD)/obj/tools/wd-sim/templates.o
$(COMMON): $(BUILD)/obj/common/map/page.o

define archive
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcs $@ $(filter %.o,$^)
endef

# Only programs that use these files link libpq and SQLite, or librabbitmq.
$(BUILD)/obj/common/db/%.o: override CPPFLAGS += $(shell $(PKG) --cflags libpq sqlite3)
$(BUILD)/obj/common/queue/%.o: override CPPFLAGS += $(shell $(PKG) --cflags librabbitmq openssl)
$(COMMON): $(call objects,common)
	$(archive)

# Each tool is main.o plus an archive of its other objects, which its unit tests link too.
define tool
$(BUILD)/lib/$(1).a: $$(filter-out %/main.o,$$(call objects,tools/$(1)))
	$$(archive)
incs_$(1) := $$(if $$(PKGS_$(1)),$$(shell $(PKG) --cflags $$(PKGS_$(1))))
$(BUILD)/obj/tools/$(1)/%.o $(BUILD)/obj/tests/unit/$(1)/%.o: override CPPFLAGS += $$(incs_$(1))
libs_$(1) = $$(if $$(PKGS_$(1)),$$(shell $(PKG) --libs $$(PKGS_$(1)))) $$(LIBS_$(1))
$(BUILD)/bin/$(1): $(BUILD)/obj/tools/$(1)/main.o $(BUILD)/lib/$(1).a $(COMMON)
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(libs_$(1)) -lm
$(BUILD)/test/$(1)/%.t: $(BUILD)/obj/tests/unit/$(1)/%.t.o $(BUILD)/lib/$(1).a $(COMMON)
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(libs_$(1)) -lm
endef
$(foreach t,$(TOOLS),$(eval $(call tool,$(t))))

$(BUILD)/test/common/%.t: $(BUILD)/obj/tests/unit/common/%.t.o $(COMMON)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lm
# Programs that bats files start.
$(BUILD)/test/%: $(BUILD)/obj/tests/%.o $(COMMON)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lm

# What shells complete, from the --help of all that users start. RUN starts programs of another architecture.
COMPLETED = $(BINS) $(wildcard scripts/wd-*)
$(BUILD)/completion.%: scripts/completion scripts/completion.bash man/wd-sim.1 $(COMPLETED)
	@RUN=$(RUN) PATH=$(BUILD)/bin:$$PATH scripts/completion $* $(COMPLETED) >$@.new
	@mv $@.new $@

# Scripts find the files that they share beside themselves, so they are linked to from BINDIR.
SCRIPTS = $(notdir $(wildcard scripts/wd-*))
SHARED  = $(filter-out scripts/apt.bash scripts/completion.bash,$(wildcard scripts/*.bash scripts/*.jq))
MANUALS = $(wildcard man/*.[157])
# The unit of one kit is that of all kits, with the kit's name.
PER_KIT = wd-poll wd-drain
one_kit = -e '/^Description=/s/kits/kit %i/' -e 's,/all,/%i,g' -e 's,--config [^ ]*,& --kit %i,'
UNITS   = $(notdir $(wildcard config/systemd/*.service.in config/systemd/*.timer config/systemd/*.path config/systemd/*.target))

install: $(BINS) install-completion
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR) $(DESTDIR)$(DOCDIR) $(DESTDIR)$(UNITDIR)
	install -m755 $(BINS) $(DESTDIR)$(BINDIR)
	install -m755 $(SCRIPTS:%=scripts/%) $(DESTDIR)$(LIBDIR)
	install -m644 $(SHARED) $(DESTDIR)$(LIBDIR)
	for name in $(SCRIPTS); do ln -sf ../lib/wd-tools/$$name $(DESTDIR)$(BINDIR)/$$name; done
	for page in $(MANUALS); do \
		install -Dm644 -t $(DESTDIR)$(MANDIR)/man$${page##*.} $$page || exit; done
	for unit in $(UNITS); do \
		sed 's,@BINDIR@,$(BINDIR),g' config/systemd/$$unit >$(DESTDIR)$(UNITDIR)/$${unit%.in} || exit; done
	for name in $(PER_KIT); do \
		sed $(one_kit) $(DESTDIR)$(UNITDIR)/$$name.service >$(DESTDIR)$(UNITDIR)/$$name@.service || exit; done
	install -Dm644 config/systemd/wd-tools.sysusers $(DESTDIR)$(USERDIR)/wd-tools.conf
	install -Dm644 config/systemd/wd-tools.tmpfiles $(DESTDIR)$(TEMPDIR)/wd-tools.conf
	install -m644 README.md LICENSE config/*.example config/systemd/*.conf $(DESTDIR)$(DOCDIR)
	cp -R config/grafana config/handlers config/prometheus $(DESTDIR)$(DOCDIR)

# bash and fish look for a file with the name of the command, zsh reads the names in the first line.
install-completion: $(SHELLS:%=$(BUILD)/completion.%)
	install -Dm644 $(BUILD)/completion.bash $(DESTDIR)$(BASHDIR)/wd-tools
	install -Dm644 $(BUILD)/completion.zsh $(DESTDIR)$(ZSHDIR)/_wd-tools
	install -Dm644 $(BUILD)/completion.fish $(DESTDIR)$(FISHDIR)/wd-tools.fish
	for name in $(notdir $(COMPLETED)); do ln -sf wd-tools $(DESTDIR)$(BASHDIR)/$$name && \
		ln -sf wd-tools.fish $(DESTDIR)$(FISHDIR)/$$name.fish || exit; done

# What was installed, and nothing that was made since: no spool, no configuration.
uninstall:
	rm -f $(TOOLS:%=$(DESTDIR)$(BINDIR)/%) $(SCRIPTS:%=$(DESTDIR)$(BINDIR)/%)
	rm -f $(foreach page,$(MANUALS),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))
	rm -f $(addprefix $(DESTDIR)$(UNITDIR)/,$(UNITS:.in=) $(PER_KIT:%=%@.service))
	rm -f $(DESTDIR)$(USERDIR)/wd-tools.conf $(DESTDIR)$(TEMPDIR)/wd-tools.conf
	rm -f $(DESTDIR)$(ZSHDIR)/_wd-tools $(addprefix $(DESTDIR)$(FISHDIR)/,$(addsuffix .fish,wd-tools $(notdir $(COMPLETED))))
	rm -f $(DESTDIR)$(BASHDIR)/wd-tools $(addprefix $(DESTDIR)$(BASHDIR)/,$(notdir $(COMPLETED)))
	rm -rf $(DESTDIR)$(LIBDIR) $(DESTDIR)$(DOCDIR)

check:
	scripts/check

dist:
	@scripts/package dist

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
