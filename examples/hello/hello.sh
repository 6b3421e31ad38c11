#!/bin/sh
# What an agent sees of the machine it works on: its workspace, and little else.
echo "$GREETING from inside a container."
echo "  workspace   $PWD, with $(ls | wc -l) files of yours"
echo "  user        uid $(id -u), gid $(id -g): files I make are yours"
echo "  network     $(ip -o link | grep -c -v ' lo:') interfaces beside its own loopback"

echo "I was here, and this file is yours now." >greeting.txt
echo "Wrote greeting.txt."
