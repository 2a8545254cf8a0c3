// SPDX-License-Identifier: GPL-3.0-or-later
// A frame is the painter's pictures with the controls drawn over them, by Cairo, onto one streaming texture.
#include "window.h"
#include "words.h"
#include <math.h>
#include <qonys/par.h>
#include <string.h>
#include <sys/stat.h>

enum { FRAMES_SECOND = 60, TIMES_MOST = 200000 };

static struct window { // there is one
    struct live_window_options options;
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    cairo_surface_t *frame;
    int pixels_w, pixels_h;
    bool full_screen;
    float *frame_ms; // work of each frame
    int frames, late;
    double first, last;
    char folder[64]; // of recorded frames
    int recorded;
    SDL_Rect pointer; // what followed the pointer in the frame shown
} window;

// A driver that shows nothing is good enough when it was asked for, not when nothing else was found.
static bool display_found(void) {
    static const char *const unseen[] = {"offscreen", "dummy", "evdev"};
    const char *asked = getenv("SDL_VIDEODRIVER");
    const char *found = SDL_GetCurrentVideoDriver();
    bool seen = found != NULL;
    for (size_t i = 0; found && i < sizeof unseen / sizeof *unseen; i++) {
        seen = seen && strcmp(found, unseen[i]) != 0;
    }
    return seen || (found && asked && strstr(asked, found));
}

// Frames are made by Cairo and only put there. A renderer of OpenGL adds nothing to that, and without a graphics card it costs twenty times
// as much as copying them; but Wayland offers nothing else.
static SDL_Renderer *renderer_open(void) {
    SDL_Renderer *renderer = NULL;
    if (window.window && !getenv("SDL_RENDER_DRIVER")) {
        renderer = SDL_CreateRenderer(window.window, -1, SDL_RENDERER_SOFTWARE);
    }
    return renderer || !window.window ? renderer : SDL_CreateRenderer(window.window, -1, 0);
}

enum qon_status live_window_open(const struct live_window_options *options, const char *title, struct qon_faults *faults) {
    window = (struct window){.options = *options};
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "0");
    if (!getenv("WAYLAND_DISPLAY") && !getenv("XDG_RUNTIME_DIR") && !getenv("SDL_VIDEODRIVER")) {
        SDL_SetHint(SDL_HINT_VIDEODRIVER, "x11"); // asking Wayland would only make its library complain
    }
    bool any = SDL_Init(SDL_INIT_VIDEO) == 0;
    if (!any || !display_found()) {
        return qon_fault_add(faults, (struct qon_place){0},
                             "there is no display to open a window on (%s); start it from a desktop session, or with xvfb-run, or with "
                             "SDL_VIDEODRIVER=dummy; qonys run and qonys report need none",
                             any ? "no Wayland or X11 was found" : SDL_GetError());
    }
    window.window = SDL_CreateWindow(title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, (int)(options->width * options->scale),
                                     (int)(options->height * options->scale), SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
    window.renderer = renderer_open();
    window.frame_ms = calloc(TIMES_MOST, sizeof *window.frame_ms);
    if (!window.renderer || !window.frame_ms) {
        return qon_fault_machine(faults, (struct qon_place){0}, "the window cannot be opened: %s", SDL_GetError());
    }
    return QON_OK;
}

void live_window_close(void) {
    free(window.frame_ms);
    cairo_surface_destroy(window.frame);
    if (window.texture) {
        SDL_DestroyTexture(window.texture);
    }
    if (window.renderer) {
        SDL_DestroyRenderer(window.renderer);
    }
    if (window.window) {
        SDL_DestroyWindow(window.window);
    }
    SDL_Quit();
}

// Sizes in points and pixels; true when they changed.
static bool size_take(struct live_ui *ui) {
    int w, h, pixels_w, pixels_h;
    SDL_GetWindowSize(window.window, &w, &h);
    if (SDL_GetRendererOutputSize(window.renderer, &pixels_w, &pixels_h) != 0 || w < 1 || h < 1 || pixels_w < 1 || pixels_h < 1) {
        return false;
    }
    w = (int)lround(w / window.options.scale); // points
    h = (int)lround(h / window.options.scale);
    bool same = window.frame && pixels_w == window.pixels_w && pixels_h == window.pixels_h && w == (int)ui->width && h == (int)ui->height;
    if (same) {
        return false;
    }
    window.pixels_w = pixels_w;
    window.pixels_h = pixels_h;
    ui->width = w;
    ui->height = h;
    ui->scale = (double)pixels_w / w;
    live_layout_make(&ui->layout, w, h);
    cairo_surface_destroy(window.frame);
    window.frame = cairo_image_surface_create(CAIRO_FORMAT_RGB24, pixels_w, pixels_h);
    cairo_surface_set_device_scale(window.frame, ui->scale, ui->scale);
    if (window.texture) {
        SDL_DestroyTexture(window.texture);
    }
    window.texture = SDL_CreateTexture(window.renderer, SDL_PIXELFORMAT_RGB888, SDL_TEXTUREACCESS_STREAMING, pixels_w, pixels_h);
    return true;
}

// --- events -----------------------------------------------------------------------------------------------------------------------

// Shortcuts are Latin letters; on another layout the place of the key counts.
static SDL_Keycode key_of(const SDL_Keysym *sym) {
    bool foreign = sym->sym >= 0x80 && !(sym->sym & SDLK_SCANCODE_MASK);
    if (foreign && sym->scancode >= SDL_SCANCODE_A && sym->scancode <= SDL_SCANCODE_Z) {
        return 'a' + (sym->scancode - SDL_SCANCODE_A);
    }
    bool question = sym->sym == SDLK_SLASH && (sym->mod & KMOD_SHIFT);
    return question ? SDLK_QUESTION : sym->sym;
}

static void event_take(struct live_ui *ui, const SDL_Event *event) {
    double points = window.options.scale;
    switch (event->type) {
    case SDL_QUIT:
        ui->quit = true;
        break;
    case SDL_KEYDOWN:
        live_ui_key(ui, key_of(&event->key.keysym), (SDL_Keymod)event->key.keysym.mod);
        break;
    case SDL_TEXTINPUT:
        live_ui_text(ui, event->text.text);
        break;
    case SDL_MOUSEMOTION:
        live_ui_move(ui, event->motion.x / points, event->motion.y / points);
        break;
    case SDL_MOUSEBUTTONDOWN:
        if (event->button.button == SDL_BUTTON_LEFT) {
            live_ui_press(ui, event->button.x / points, event->button.y / points);
        }
        break;
    case SDL_MOUSEBUTTONUP:
        live_ui_release(ui);
        break;
    case SDL_MOUSEWHEEL:
        live_ui_wheel(ui, event->wheel.y);
        break;
    case SDL_RENDER_TARGETS_RESET:
    case SDL_RENDER_DEVICE_RESET: // the texture is empty
        ui->changed = true;
        break;
    case SDL_WINDOWEVENT:
        ui->changed = true;
        if (event->window.event == SDL_WINDOWEVENT_LEAVE) {
            ui->hovered = ui->country.regions;
        }
        break;
    default:
        break;
    }
}

static void wishes_carry_out(struct live_ui *ui, struct live_script *script) {
    if (ui->full_screen != window.full_screen) {
        window.full_screen = ui->full_screen;
        SDL_SetWindowFullscreen(window.window, ui->full_screen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
        ui->changed = true;
    }
    if (script->resize_w > 0) {
        SDL_SetWindowSize(window.window, (int)(script->resize_w * window.options.scale), (int)(script->resize_h * window.options.scale));
        script->resize_w = 0;
        ui->changed = true;
    }
}

// --- frames -----------------------------------------------------------------------------------------------------------------------

static void picture_put(cairo_t *cairo, cairo_surface_t *picture, struct qon_box box) {
    if (picture) {
        cairo_save(cairo);
        cairo_rectangle(cairo, box.x, box.y, box.w, box.h);
        cairo_clip(cairo);
        cairo_set_source_surface(cairo, picture, box.x, box.y);
        cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE);
        cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST);
        cairo_paint(cairo);
        cairo_restore(cairo);
    }
}

static void ground_draw(struct live_ui *ui, struct qon_canvas *canvas) {
    qon_draw_box(canvas, (struct qon_box){0, 0, ui->layout.map.x, ui->height}, QON_PAPER, 1);
    qon_draw_box(canvas, (struct qon_box){ui->layout.map.x + ui->layout.map.w, 0, 40, ui->height}, QON_PAPER, 1);
    picture_put(canvas->cairo, ui->painting.map, ui->layout.map);
    picture_put(canvas->cairo, ui->painting.panel, ui->layout.panel);
}

static SDL_Rect pixels_of(struct qon_box box, double scale) { // whole ones that hold the box, within the frame
    double x0 = fmax(0, floor(box.x * scale)), y0 = fmax(0, floor(box.y * scale));
    double x1 = fmin(window.pixels_w, ceil((box.x + box.w) * scale)), y1 = fmin(window.pixels_h, ceil((box.y + box.h) * scale));
    return (SDL_Rect){(int)x0, (int)y0, (int)fmax(0, x1 - x0), (int)fmax(0, y1 - y0)};
}

// All of it; or only what follows the pointer, where it was and where it is.
static void frame_draw(struct live_ui *ui, bool whole) {
    cairo_t *cairo = cairo_create(window.frame);
    struct qon_canvas canvas;
    struct qon_box all = {0, 0, ui->width, ui->height};
    qon_canvas_init(&canvas, cairo, &ui->theme[ui->dark], ui->language);
    if (ui->scale != floor(ui->scale)) { // parts share pixels at their edges: nothing of the former frame may shine through
        whole = true;
        qon_draw_box(&canvas, all, QON_PAPER, 1);
    }
    struct qon_box box = live_pointer_box(ui, &canvas);
    SDL_Rect now = whole ? pixels_of(all, ui->scale) : pixels_of(box, ui->scale);
    SDL_Rect changed = now;
    if (!whole && window.pointer.w > 0) {
        SDL_UnionRect(&now, &window.pointer, &changed);
    }
    window.pointer = pixels_of(box, ui->scale);
    if (changed.w > 0 && changed.h > 0) {
        cairo_rectangle(cairo, changed.x / ui->scale, changed.y / ui->scale, changed.w / ui->scale, changed.h / ui->scale);
        cairo_clip(cairo);
        ground_draw(ui, &canvas);
        (whole ? live_controls_draw : live_pointer_draw)(ui, &canvas);
        cairo_surface_flush(window.frame);
        int stride = cairo_image_surface_get_stride(window.frame);
        SDL_UpdateTexture(window.texture, &changed,
                          cairo_image_surface_get_data(window.frame) + (ptrdiff_t)changed.y * stride + 4 * (ptrdiff_t)changed.x, stride);
    }
    qon_canvas_free(&canvas);
    cairo_destroy(cairo);
}

static void frame_show(void) {
    SDL_RenderCopy(window.renderer, window.texture, NULL, NULL);
    SDL_RenderPresent(window.renderer);
}

static void picture_save(struct live_ui *ui, const char *path) {
    char text[700];
    bool saved = cairo_surface_write_to_png(window.frame, path) == CAIRO_STATUS_SUCCESS;
    snprintf(text, sizeof text, saved ? LIVE_SAY(saved, ui->language) : LIVE_SAY(not_saved, ui->language), path);
    live_ui_say(ui, text);
}

static void picture_save_next(struct live_ui *ui) {
    char path[128];
    struct stat there;
    do {
        snprintf(path, sizeof path, "qonys-%03d.png", ++ui->pictures);
    } while (stat(path, &there) == 0 && ui->pictures < 999);
    picture_save(ui, path);
}

// A frame a painting, numbered, so that a film can be made of them.
static void frame_record(struct live_ui *ui) {
    char path[128], text[200];
    if (window.recorded == 0) {
        int n = 1;
        do {
            snprintf(window.folder, sizeof window.folder, "qonys-frames-%d", n);
        } while (mkdir(window.folder, 0777) != 0 && ++n < 1000);
        snprintf(text, sizeof text, LIVE_SAY(recording, ui->language), window.folder);
        live_ui_say(ui, text);
    }
    snprintf(path, sizeof path, "%s/%06d.png", window.folder, ++window.recorded);
    if (cairo_surface_write_to_png(window.frame, path) != CAIRO_STATUS_SUCCESS) {
        ui->recording = false;
        snprintf(text, sizeof text, LIVE_SAY(not_saved, ui->language), path);
        live_ui_say(ui, text);
    }
}

static void frame_time(double begun, double ended) {
    if (window.frames == 0) {
        window.first = begun;
    } else if (begun - window.last > 1.5 / FRAMES_SECOND) {
        window.late++;
    }
    window.last = begun;
    if (window.frames < TIMES_MOST) {
        window.frame_ms[window.frames++] = (float)(1000 * (ended - begun));
    }
}

static int float_order(const void *a, const void *b) {
    float x = *(const float *)a;
    float y = *(const float *)b;
    return (x > y) - (x < y);
}

static void frames_tell(struct live_painter *painter) {
    int n = window.frames;
    int paintings;
    double painting = live_painter_seconds(painter, &paintings);
    double sum = 0;
    if (n < 2) {
        return;
    }
    for (int i = 0; i < n; i++) {
        sum += window.frame_ms[i];
    }
    qsort(window.frame_ms, (size_t)n, sizeof *window.frame_ms, float_order);
    printf("frames: %d\nframes_per_second: %.1f\nframes_late: %d\nframe_ms_mean: %.2f\nframe_ms_p99: %.2f\nframe_ms_worst: %.2f\n", n,
           (n - 1) / (window.last - window.first), window.late, sum / n, (double)window.frame_ms[n * 99 / 100],
           (double)window.frame_ms[n - 1]);
    printf("paintings: %d\npainting_ms_mean: %.2f\n", paintings, paintings > 0 ? 1000 * painting / paintings : 0);
}

// Until the next frame is due or something happens. Paused, it looks ten times a second only.
static void rest(struct live_ui *ui, bool busy, double begun) {
    double left = begun + 1.0 / FRAMES_SECOND - qon_time_wall();
    int ms = (int)floor(1000 * left);
    if (window.options.stats) {
        if (left > 0) {
            struct timespec sleep = {0, (long)(1e9 * left)};
            nanosleep(&sleep, NULL);
        }
    } else if (busy) {
        SDL_Delay(ms > 0 ? (Uint32)ms : 0);
    } else {
        bool running = ui->state.stage == LIVE_RUNNING || ui->state.stage == LIVE_MAKING;
        SDL_WaitEventTimeout(NULL, running ? (ms > 1 ? ms : 1) : 100);
    }
}

// Name, month and what goes on, for the list of windows; told when it changes.
static void title_tell(struct live_ui *ui, char former[400]) {
    char text[400], month[16] = "";
    const struct qon_scenario *scenario = ui->country.scenario;
    const char *name = scenario->title[ui->language] ? scenario->title[ui->language] : scenario->name;
    enum live_stage stage = ui->state.stage;
    if (ui->months > 0) {
        qon_month_format(ui->stores.of[0]->start + live_ui_slot(ui), month);
    }
    const char *what = stage == LIVE_MAKING   ? LIVE_SAY(making, ui->language)
                       : stage == LIVE_DONE   ? LIVE_SAY(done, ui->language)
                       : stage == LIVE_FAILED ? LIVE_SAY(failed, ui->language)
                       : ui->state.playing    ? LIVE_SAY(running, ui->language)
                                              : LIVE_SAY(paused, ui->language);
    snprintf(text, sizeof text, "Qonys · %.200s · %s · %s%s", name, month, what, ui->plan.worlds > 1 ? " · 2" : "");
    if (strcmp(text, former) != 0) {
        snprintf(former, 400, "%s", text);
        SDL_SetWindowTitle(window.window, text);
    }
}

enum qon_status live_window_run(struct live_ui *ui, struct live_painter *painter, struct live_script *script) {
    struct live_scene asked = {0};
    char title[400] = "";
    bool any = false;
    while (!ui->quit) {
        double begun = qon_time_wall();
        SDL_Event event;
        while (SDL_PollEvent(&event)) {
            event_take(ui, &event);
        }
        ui->swallow = false;
        wishes_carry_out(ui, script);
        bool redraw = size_take(ui);
        redraw = live_ui_refresh(ui) || redraw;
        struct live_scene scene;
        live_ui_scene(ui, &scene);
        if (!any || memcmp(&scene, &asked, sizeof scene) != 0) {
            live_painter_ask(painter, &scene, &ui->stores);
            asked = scene;
            any = true;
        }
        int number = ui->painting.number;
        live_painter_newest(painter, &ui->painting);
        bool painted = ui->painting.number != number;
        if (painted) {
            live_ui_painted(ui);
        }
        bool settled = ui->painting.number > 0 && memcmp(&ui->painting.scene, &scene, sizeof scene) == 0;
        live_script_step(script, ui, settled);
        redraw = redraw || painted || ui->changed;
        bool part = ui->pointed;
        ui->changed = ui->pointed = false;
        if (redraw || part || window.options.stats) {
            title_tell(ui, title);
            if (redraw || part) {
                frame_draw(ui, redraw);
            }
            frame_show();
            frame_time(begun, qon_time_wall());
        }
        if (script->picture) {
            picture_save(ui, script->picture_path);
            script->picture = false;
            *ui->message = '\0';
        }
        if (ui->picture) {
            ui->picture = false;
            picture_save_next(ui);
        }
        if (ui->recording && painted) {
            frame_record(ui);
        }
        rest(ui, ui->changed || ui->dragging || script->next, begun);
    }
    if (window.options.stats) {
        frames_tell(painter);
    }
    return script->fault ? QON_USER : QON_OK;
}
