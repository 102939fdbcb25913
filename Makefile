# Mọi việc của dự án; `make help` liệt kê. Chỉ cần python3 (có venv), make và git.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Có đủ để chạy; có đủ để kiểm thử.
READY  := $(VENV)/.ready
TESTED := $(VENV)/.ready-dev
# Ngày của xã mẫu: cùng ngày thì cùng bản công bố.
NGAY   ?= 2026-11-24
# Mỗi lệnh và mỗi bước là một tiến trình: mã được dịch một lần rồi giữ lại, dù máy này đặt khác đi.
export PYTHONDONTWRITEBYTECODE :=

# uv lấy gói ở kho mà pip được chỉ tới, nếu chưa ai chỉ cho riêng uv.
define UV
index="$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}}}"; \
	[ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; \
	[ -z "$$PIP_CERT" ] || export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"; \
	VIRTUAL_ENV=$(VENV) $(BIN)/uv
endef
INSTALL = $(UV) pip install --quiet --no-deps
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help setup province run test test-slow proofs test-all lint bench lock clean

help: ## Liệt kê các lệnh
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 18

setup: $(READY) ## Tạo môi trường .venv đủ để chạy, từ requirements.lock

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $(READY)

$(TESTED): $(READY) requirements-dev.lock
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $(TESTED)

province: $(READY) ## Cài thêm phần của tỉnh: dulieuxa roll-up, nhiều xã, nhiều máy
	@$(UV) pip install --quiet --no-build-isolation --constraint requirements-dev.lock --editable '.[province]'

run: $(READY) ## Một ngày của xã mẫu: đặt ra tệp nếu chưa có gì, thu, kiểm, công bố, báo cáo
	@ls raw/inbox/*/* >/dev/null 2>&1 || $(BIN)/dulieuxa sample .
	@$(BIN)/dulieuxa run --date $(NGAY)

test: $(TESTED) ## Kiểm thử (khoảng 4 phút trên 2 lõi)
	@$(BIN)/python -m pytest -m "not slow and not proof"

test-slow: $(TESTED) ## Các phép thử dài: dừng ở mọi thao tác, đĩa đầy, trình duyệt, LibreOffice (khoảng 12 phút)
	@$(BIN)/python -m pytest -m slow

proofs: $(TESTED) ## Những phép thử lâu hơn nữa, và các phép đo có đáp án biết trước
	@$(BIN)/python -m pytest -m proof

test-all: test test-slow proofs ## Mọi phép thử

lint: $(TESTED) ## ruff và mypy
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

bench: $(TESTED) ## Đo tốc độ, bộ nhớ, quy mô: mỗi dòng là tên, số đo, mức sàn, tỷ lệ
	@for what in benchmarks/*.py; do \
		case $$what in */contents.py|*/costs.py|*/made.py|*/measuring.py|*/reader.py|*/ambiguity.py|*/ambiguous_*.py|*/three_years.py) ;; *) $(BIN)/python $$what ;; esac || exit 1; \
	done

lock: $(READY) ## Ghi lại requirements.lock (để chạy) và requirements-dev.lock (để kiểm thử) từ pyproject.toml
	@$(COMPILE) --extra dev --output-file requirements-dev.lock pyproject.toml
	@$(COMPILE) --extra setup --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml

clean: ## Xóa môi trường và tệp tạm (không đụng raw/, curated/, var/)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
