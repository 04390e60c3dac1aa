"""Slows a line down: what arrives on the device goes back into it later, at a rate, or not at all.

Stands in for netem, which many kernels lack. Arguments: device, delay in ms, loss in percent, bits per second (0: no limit).
"""

import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
# A router of the time when lines were slow held some seconds of packets.
LONGEST_QUEUE = 8.0

device, delay, loss, rate = sys.argv[1], float(sys.argv[2]) / 1000, float(sys.argv[3]), float(sys.argv[4])
tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
chance = random.Random(1)
queue, count = [], 0
free = {}
while True:
    now = time.monotonic()
    while queue and queue[0][0] <= now:
        try:
            os.write(tun, heapq.heappop(queue)[2])
        except OSError:
            pass
    wait = queue[0][0] - now if queue else None
    ready, _, _ = select.select([tun], [], [], wait)
    if not ready:
        continue
    try:
        packet = os.read(tun, 65536)
    except BlockingIOError:
        continue
    if chance.random() * 100 < loss:
        continue
    now = time.monotonic()
    leaves = now
    if rate:
        # Each way has a line of its own; the client's private address tells which it is.
        way = packet[16] == 10
        leaves = max(now, free.get(way, 0.0)) + len(packet) * 8 / rate
        if leaves - now > LONGEST_QUEUE:
            continue
        free[way] = leaves
    count += 1
    heapq.heappush(queue, (leaves + delay, count, packet))
