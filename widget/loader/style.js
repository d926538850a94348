// The style sheet of the panel, adopted by the launcher's shadow root.

export const panelCss = `
:host{--foot:90px}
:host([bare]){--foot:20px}
:host([inline]){display:block!important;position:static!important;height:100%!important;min-height:480px!important}
.panel{all:initial;display:block;box-sizing:border-box;position:fixed;right:20px;bottom:calc(var(--foot) + var(--offset) + env(safe-area-inset-bottom));width:min(400px,100vw - 40px);height:min(680px,100vh - var(--foot) - 20px - var(--offset));overflow:hidden;border-radius:16px;color:CanvasText;background:Canvas;box-shadow:0 2px 8px #0000001f,0 16px 48px #00000038;font:15px/1.5 system-ui,sans-serif;visibility:hidden;transform:translateY(12px)}
:host([left]) .panel{right:auto;left:20px}
.panel.open{visibility:visible;transform:none;transition:transform .18s}
:host([full]) .panel{inset:var(--top) 0 auto;width:100%;height:var(--height);padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left);border-radius:0}
:host([inline]) .panel{position:relative;z-index:0;inset:auto;width:100%;height:100%;min-height:inherit;border:1px solid #8884;box-shadow:none;visibility:visible;transform:none}
iframe{display:block;border:0;width:100%;height:100%}
:host([inline]) iframe{position:absolute;inset:0}
.loading iframe,.blocked iframe{opacity:0}
.loading::before{content:"";position:absolute;inset:calc(50% - 14px) auto auto calc(50% - 14px);width:22px;height:22px;border:3px solid #8884;border-top-color:#888;border-radius:50%;animation:turn 1s linear infinite}
.notice{display:none;position:absolute;inset:0;place-content:center;justify-items:center;gap:16px;padding:32px;text-align:center}
.blocked .notice{display:grid}
.notice *{all:unset;padding:8px 18px}
.notice p~*{border:1px solid;border-radius:20px;font-weight:600;cursor:pointer}
.close{all:unset;display:none;position:absolute;top:calc(10px + env(safe-area-inset-top));right:calc(12px + env(safe-area-inset-right));width:40px;border-radius:50%;font:28px/40px system-ui;text-align:center;cursor:pointer}
:host([full]) :not(.usable)>.close,:host([bare]) :not(.usable)>.close{display:block}
.panel :focus-visible{outline:3px solid}
.count{position:absolute;top:-4px;right:-4px;padding:0 8px;border-radius:11px;background:#b3261e;color:#fff;font:700 12px/22px system-ui;box-shadow:0 0 0 2px #fff}
@keyframes turn{to{transform:rotate(1turn)}}
@media (prefers-reduced-motion){.panel.open{transition:none}.loading::before{animation:none}}
@media (forced-colors:active){.panel{border:1px solid}}`;
