# Mọi việc của dự án; `make help` liệt kê. Chỉ cần python3 (có venv), make và git.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# Ngày của xã mẫu: cùng ngày thì cùng bản công bố.
NGAY   ?= 2026-11-24

.DEFAULT_GOAL := help
.PHONY: help setup run test test-slow proofs test-all lint bench lock clean

help: ## Liệt kê các lệnh
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 18

setup: $(READY) ## Tạo môi trường .venv từ requirements.lock

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

run: $(READY) ## Một ngày của xã mẫu: đặt ra tệp nếu chưa có gì, thu, kiểm, công bố, báo cáo
	@ls raw/inbox/*/* >/dev/null 2>&1 || $(BIN)/dulieuxa sample .
	@$(BIN)/dulieuxa run --date $(NGAY)

test: $(READY) ## Kiểm thử (khoảng 4 phút trên 2 lõi)
	@$(BIN)/python -m pytest -m "not slow and not proof"

test-slow: $(READY) ## Các phép thử dài: dừng ở mọi thao tác, đĩa đầy, trình duyệt, LibreOffice (khoảng 12 phút)
	@$(BIN)/python -m pytest -m slow

proofs: $(READY) ## Những phép thử lâu hơn nữa, và các phép đo có đáp án biết trước
	@$(BIN)/python -m pytest -m proof

test-all: test test-slow proofs ## Mọi phép thử

lint: $(READY) ## ruff và mypy
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

bench: $(READY) ## Đo tốc độ, bộ nhớ, quy mô: mỗi dòng là tên, số đo, mức sàn, tỷ lệ
	@for what in benchmarks/*.py; do \
		case $$what in */contents.py|*/costs.py|*/made.py|*/measuring.py|*/reader.py|*/ambiguity.py|*/ambiguous_*.py) ;; *) $(BIN)/python $$what ;; esac || exit 1; \
	done

lock: $(READY) ## Ghi lại requirements.lock từ pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --quiet --output-file requirements.lock

clean: ## Xóa môi trường và tệp tạm (không đụng raw/, curated/, var/)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
