/* A sound card for tests: an ALSA plug-in that plays into a file at the pace of the machine's clock, and that
 * does what real cards do on bad days. Compiled by tests/it/kit/card.rs with what building loa needs anyway.
 *
 * Its directory holds: `mood` (a word, read whenever the card is asked for anything): `plays`, `stands` (it takes
 * what its buffer holds and goes no further), `swallows` (it takes everything at once), `gone`; `rate` (the only
 * rate it knows); `speed` (how fast it truly plays, in percent of that); `heard` (all that it has played, in order); `held` (whoever has an exclusive lock on it has
 * the card).
 */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    snd_pcm_ioplug_t io;
    char directory[512];
    int held, heard, timer, running;
    uint64_t played; /* frames */
    uint64_t taken;  /* frames */
    int64_t last;    /* ns, when `played` was brought up to date */
    double owed;     /* frames, less than one */
} card;

static int open_in(const card *c, const char *name, int flags) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s", c->directory, name);
    return open(path, flags | O_CLOEXEC, 0644);
}

static void read_word(const card *c, const char *name, char word[32]) {
    int fd = open_in(c, name, O_RDONLY);
    ssize_t count = fd < 0 ? 0 : read(fd, word, 31);
    word[count > 0 ? count : 0] = 0;
    word[strcspn(word, "\n")] = 0;
    if (fd >= 0) close(fd);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* Play up to now; the state that it is in. */
static int advance(card *c) {
    char mood[32];
    read_word(c, "mood", mood);
    if (!strcmp(mood, "gone")) return -ENODEV;
    int64_t at = now();
    char speed[32];
    read_word(c, "speed", speed);
    double due = c->owed + (double)(at - c->last) * c->io.rate * atoi(speed) / 100 / 1e9;
    c->last = at;
    if (!c->running || !strcmp(mood, "stands")) return 0;
    uint64_t room = c->taken - c->played;
    /* All but a frame: ALSA does not see a pointer that has gone all the way round. */
    if (!strcmp(mood, "swallows")) due = room ? (double)(room - 1) : 0;
    uint64_t frames = (uint64_t)due;
    c->owed = due - (double)frames;
    if (frames > room) {
        c->played = c->taken;
        return -EPIPE; /* it ran dry */
    }
    c->played += frames;
    return 0;
}

static snd_pcm_sframes_t card_pointer(snd_pcm_ioplug_t *io) {
    card *c = io->private_data;
    int failed = advance(c);
    return failed < 0 ? failed : (snd_pcm_sframes_t)(c->played % io->buffer_size);
}

static snd_pcm_sframes_t card_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
                                       snd_pcm_uframes_t offset, snd_pcm_uframes_t size) {
    card *c = io->private_data;
    const char *from = (const char *)areas->addr + (areas->first + areas->step * offset) / 8;
    size_t bytes = size * areas->step / 8;
    if (write(c->heard, from, bytes) != (ssize_t)bytes) return -EIO;
    c->taken += size;
    return (snd_pcm_sframes_t)size;
}

static int card_start(snd_pcm_ioplug_t *io) {
    card *c = io->private_data;
    c->running = 1;
    c->last = now();
    return 0;
}

static int card_stop(snd_pcm_ioplug_t *io) {
    ((card *)io->private_data)->running = 0;
    return 0;
}

static int card_prepare(snd_pcm_ioplug_t *io) {
    card *c = io->private_data;
    c->played = c->taken = 0;
    c->owed = 0;
    c->running = 0;
    /* Whoever waits is woken twice in a period. */
    long ns = (long)(io->period_size * 500000000.0 / io->rate);
    struct itimerspec every = {{0, ns}, {0, ns}};
    return timerfd_settime(c->timer, 0, &every, NULL) < 0 ? -errno : 0;
}

static int card_poll_revents(snd_pcm_ioplug_t *io, struct pollfd *fds, unsigned int count, unsigned short *revents) {
    card *c = io->private_data;
    uint64_t ticks;
    (void)!read(c->timer, &ticks, sizeof ticks);
    (void)count;
    (void)fds;
    int failed = advance(c);
    if (failed == -ENODEV) {
        *revents = POLLERR | POLLHUP;
        return 0;
    }
    snd_pcm_uframes_t room = io->buffer_size - (snd_pcm_uframes_t)(c->taken - c->played);
    *revents = failed < 0 ? POLLERR : room >= io->period_size ? POLLOUT : 0;
    return 0;
}

static int card_delay(snd_pcm_ioplug_t *io, snd_pcm_sframes_t *delay) {
    card *c = io->private_data;
    int failed = advance(c);
    *delay = (snd_pcm_sframes_t)(c->taken - c->played);
    return failed == -ENODEV ? failed : 0;
}

static int card_close(snd_pcm_ioplug_t *io) {
    card *c = io->private_data;
    close(c->timer);
    close(c->heard);
    close(c->held);
    free(c);
    return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
    .start = card_start,
    .stop = card_stop,
    .pointer = card_pointer,
    .transfer = card_transfer,
    .close = card_close,
    .prepare = card_prepare,
    .poll_revents = card_poll_revents,
    .delay = card_delay,
};

static int one(card *c, int type, unsigned int value) {
    return snd_pcm_ioplug_set_param_minmax(&c->io, type, value, value);
}

SND_PCM_PLUGIN_DEFINE_FUNC(testcard) {
    (void)root;
    snd_config_iterator_t i, next;
    const char *directory = NULL;
    snd_config_for_each(i, next, conf) {
        snd_config_t *n = snd_config_iterator_entry(i);
        const char *id;
        if (snd_config_get_id(n, &id) >= 0 && !strcmp(id, "directory")) snd_config_get_string(n, &directory);
    }
    if (!directory || stream != SND_PCM_STREAM_PLAYBACK) return -EINVAL;
    card *c = calloc(1, sizeof *c);
    if (!c) return -ENOMEM;
    snprintf(c->directory, sizeof c->directory, "%s", directory);
    char mood[32], rate[32];
    read_word(c, "mood", mood);
    read_word(c, "rate", rate);
    c->held = open_in(c, "held", O_RDWR | O_CREAT);
    c->heard = open_in(c, "heard", O_WRONLY | O_CREAT | O_APPEND);
    c->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    int failed = !strcmp(mood, "gone") ? -ENODEV : c->held < 0 || c->heard < 0 || c->timer < 0 ? -EIO : 0;
    if (!failed && flock(c->held, LOCK_EX | LOCK_NB) < 0) failed = -EBUSY;
    c->io.version = SND_PCM_IOPLUG_VERSION;
    c->io.name = "a card for tests";
    c->io.poll_fd = c->timer;
    c->io.poll_events = POLLIN;
    c->io.mmap_rw = 0;
    c->io.callback = &callbacks;
    c->io.private_data = c;
    if (!failed) failed = snd_pcm_ioplug_create(&c->io, name, stream, mode);
    if (failed < 0) {
        close(c->held);
        close(c->heard);
        close(c->timer);
        free(c);
        return failed;
    }
    const unsigned int access[] = {SND_PCM_ACCESS_RW_INTERLEAVED}, format[] = {SND_PCM_FORMAT_FLOAT_LE};
    snd_pcm_ioplug_set_param_list(&c->io, SND_PCM_IOPLUG_HW_ACCESS, 1, access);
    snd_pcm_ioplug_set_param_list(&c->io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
    one(c, SND_PCM_IOPLUG_HW_CHANNELS, 2);
    one(c, SND_PCM_IOPLUG_HW_RATE, (unsigned int)atoi(rate));
    snd_pcm_ioplug_set_param_minmax(&c->io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 512, 1 << 16);
    snd_pcm_ioplug_set_param_minmax(&c->io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 1024, 1 << 17);
    snd_pcm_ioplug_set_param_minmax(&c->io, SND_PCM_IOPLUG_HW_PERIODS, 2, 64);
    *pcmp = c->io.pcm;
    return 0;
}

SND_PCM_PLUGIN_SYMBOL(testcard);
