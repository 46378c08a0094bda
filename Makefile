# Shorthands; package.json has the commands themselves.
.PHONY: install start check test bench image

install:
	npm ci

start check test bench:
	npm run $@

image:
	docker build --tag sluice .
